//! "What are my Okta groups?" works for every permitted person, whatever their address, subject and login look like,
//! and however many groups they have.

use crate::world::frames::{failures, refusals, said};
use crate::world::{Custom, TestApp};
use app::wire::Event;
use sandbox::kit::People;

const QUESTION: &str = "What are my Okta groups?";
const PAT: &str = "saml|acme:pat#1";

/// Subjects with special characters, and their names in FGA.
const NAMED: [(&str, &str); 5] = [
    (PAT, "user:saml|acme%3Apat%231"),
    ("saml acme team", "user:saml%20acme%20team"),
    ("*", "user:%2A"),
    ("auth0|jo%20ann", "user:auth0|jo%2520ann"),
    ("auth0|zo\u{eb}", "user:auth0|zo\u{eb}"),
];

fn done(events: &[Event]) -> bool {
    events.iter().any(|event| matches!(event, Event::CallDone { .. }))
}

/// Each person asks once without the permission and once with it, by their own account and by the application's.
#[tokio::test]
async fn people_get_their_own_groups() {
    let own = Custom { connected: NAMED.map(|(sub, _)| sub).into(), ..Custom::default() };
    for custom in [own, Custom::application()] {
        let app = TestApp::with(Custom { people: People::unusual(), ..custom }).await;
        for (sub, user) in NAMED {
            let person = app.signed_in(sub).await;
            let (_, events) = person.ask(QUESTION).await;
            assert_eq!(refusals(&events), [crate::world::frames::denied()], "{sub}");
            app.grant(user, "member", "group:everyone").await;
            let (_, events) = person.ask(QUESTION).await;
            assert!(done(&events) && said(&events).contains("Everyone"), "{sub}: {events:?}");
        }
        app.finish().await;
    }
}

/// The account, the id or the login identifies the user, never an address that merely resembles a login.
#[tokio::test]
async fn a_login_that_differs_from_the_address_is_found_by_the_account_only() {
    let own = Custom { connected: vec![PAT], ..Custom::default() };
    for (custom, found) in [(own, true), (Custom::application(), false)] {
        let app = TestApp::with(Custom { people: People::unusual(), ..custom }).await;
        app.sandbox.okta().rename("pat.o'neil@acme.example", "poneil@acme.example").unwrap();
        app.grant("user:saml|acme%3Apat%231", "read_okta", "okta:groups").await;
        let (_, events) = app.signed_in(PAT).await.ask(QUESTION).await;
        assert_eq!(done(&events), found, "{events:?}");
        let expected: &[&str] = if found { &[] } else { &["Okta has no user whose login is pat.o'neil@acme.example."] };
        assert_eq!(failures(&events), expected);
        app.finish().await;
    }
}

#[tokio::test]
async fn a_long_list_of_groups_is_cut_between_names_and_counted() {
    let app = TestApp::start().await;
    for number in 0..1016 {
        let name = format!("Everybody who has ever worked on project number {number:04}");
        app.sandbox.okta().add_to_group("ada@acme.example", &name).unwrap();
    }
    let (_, events) = app.signed_in("ada").await.ask(QUESTION).await;
    let summary = events.iter().find_map(|event| match event {
        Event::CallDone { summary, .. } => Some(summary.as_str()),
        _ => None,
    });
    assert_eq!(summary, Some("1019 groups"));
    let request = app.sandbox.bedrock().requests().pop().unwrap().body;
    let result = find(&request["messages"], "groups").expect("the model was given the groups");
    let (more, names) = result.split_last().unwrap();
    assert_eq!(more.as_str().unwrap(), format!("and {} more", 1019 - names.len()));
    let whole = |name: &str| {
        !name.starts_with("Everybody") || name.len() == "Everybody who has ever worked on project number 0000".len()
    };
    assert!(names.len() > 300 && names.iter().all(|name| whole(name.as_str().unwrap())), "{names:?}");
    app.finish().await;
}

/// Finds the list with this name at any depth.
fn find<'a>(value: &'a serde_json::Value, name: &str) -> Option<&'a Vec<serde_json::Value>> {
    match value {
        serde_json::Value::Object(members) => members
            .get(name)
            .and_then(|list| list.as_array())
            .or_else(|| members.values().find_map(|member| find(member, name))),
        serde_json::Value::Array(items) => items.iter().find_map(|item| find(item, name)),
        _ => None,
    }
}
