#![expect(clippy::unwrap_used, reason = "tests")]

mod pages;
mod people;
mod service;

use super::*;

#[test]
fn every_tool_is_in_the_list_of_names() {
    let base_url = "https://acme.okta.example".parse().unwrap();
    let tools = tools(Config { base_url, timeout: Duration::from_secs(1), acts_as: ActsAs::Person }).unwrap();
    assert_eq!(tools.iter().map(|tool| tool.spec().name.0.clone()).collect::<Vec<_>>(), TOOLS);
}
