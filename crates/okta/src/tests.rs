#![expect(clippy::unwrap_used, reason = "tests")]

mod pages;
mod people;
mod service;

use super::*;
use agent::actor::Evidence;
use agent::{Actor, CallId, ToolCall};
use serde_json::json;

#[test]
fn each_call_needs_the_account_that_its_tool_declares() {
    let base_url = "https://acme.okta.example".parse().unwrap();
    let tools = tools(Config { base_url, timeout: Duration::from_secs(1), acts_as: ActsAs::Person }).unwrap();
    let ada = Actor::attest(Evidence::of("https://idp.example", "ada", "acme"));
    for tool in tools {
        let input = json!({ "user": "eve@acme.example" });
        let call = ToolCall { id: CallId("call-1-1".into()), tool: tool.spec().name.clone(), input };
        let needs = tool.intend(&ada, &call).unwrap().needs;
        assert_eq!(needs, tool.account().map(|account| account.need), "{:?}", tool.spec().name);
    }
}
