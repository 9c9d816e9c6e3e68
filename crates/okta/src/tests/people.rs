//! Users are found only by their exact login.

use super::service::{Service, access_token, groups, missing, user};
use crate::ActsAs;
use crate::groups::OktaGroups;
use crate::login::Login;
use crate::target::UserLookup;
use agent::actor::Evidence;
use agent::intent::{Object, Relation};
use agent::target::TargetLookup;
use agent::tool::ToolError;
use agent::{Actor, CallId, ToolCall, ToolName};
use serde_json::{Value, json};

#[tokio::test]
async fn a_found_user_must_have_exactly_the_requested_login() {
    let service = Service::answering(|path, _| match path.rsplit('/').next().unwrap() {
        "bob@acme.example" => user("00u2", "Bob@Acme.example", "Bob"),
        // Okta accepts ids and short names in place of a login.
        "short@acme.example" => user("00u3", "short@acme.example.evil.example", "Mallory"),
        "mail@acme.example" => user("00u4", "login@acme.example", "Eve"),
        "down@acme.example" => axum::response::IntoResponse::into_response(axum::http::StatusCode::BAD_GATEWAY),
        _ => missing(),
    })
    .await;
    let none = |login: &str| Err(ToolError::Failed(format!("Okta has no user whose login is {login}.")));
    for (login, expected) in [
        ("BOB@acme.example", Ok("00u2".to_owned())),
        ("short@acme.example", none("short@acme.example")),
        ("mail@acme.example", none("mail@acme.example")),
        ("nobody@acme.example", none("nobody@acme.example")),
        ("down@acme.example", Err(ToolError::Unavailable { service: "Okta" })),
    ] {
        let found = service.client.find(&Login::parse(login).unwrap(), &access_token()).await;
        assert_eq!(found.map(|user| user.id), expected);
    }
}

#[tokio::test]
async fn a_user_is_found_only_by_their_exact_id() {
    let service = Service::answering(|path, _| match path {
        "/api/v1/users/00u2" => user("00u2", "bob@acme.example", "Bob"),
        _ => user("00u9", "me@acme.example", "Mallory"),
    })
    .await;
    for (id, found) in [("00u2", true), ("me", false), ("bob", false), ("..", false), ("00u2/groups", false)] {
        assert_eq!(service.client.find_by_id(id, &access_token()).await.is_ok(), found, "{id}");
    }
}

#[tokio::test]
async fn every_login_stays_one_segment_of_the_path() {
    let service = Service::answering(|_, _| missing()).await;
    for (login, path) in [
        ("pat.o'neil@acme.example", "pat.o'neil@acme.example"),
        ("a+b@acme.example", "a+b@acme.example"),
        ("team#1@acme.example", "team%231@acme.example"),
        ("100%@acme.example", "100%25@acme.example"),
        ("a%2fb@acme.example", "a%252fb@acme.example"),
        ("jo ann@acme.example", "jo%20ann@acme.example"),
        ("zo\u{eb}@acme.example", "zo%C3%AB@acme.example"),
    ] {
        service.client.find(&Login::parse(login).unwrap(), &access_token()).await.unwrap_err();
        assert_eq!(service.asked().pop().unwrap(), format!("/api/v1/users/{path}"));
    }
}

fn lookup(service: &Service) -> UserLookup {
    UserLookup { relation: Relation("can_reset_password"), client: service.client.clone() }
}

fn call(login: &str) -> ToolCall {
    ToolCall { id: CallId("1".into()), tool: ToolName("x".into()), input: json!({ "user": login }) }
}

#[tokio::test]
async fn a_target_is_the_id_of_the_user_with_their_groups() {
    let service = Service::answering(|path, _| match path {
        "/api/v1/users/bob@acme.example" => user("00u2", "bob@acme.example", "Bob"),
        "/api/v1/users/00u2/groups" => groups(1..3, None),
        _ => missing(),
    })
    .await;
    let target = lookup(&service).target(&call("bob@acme.example"), &access_token()).await.unwrap();
    assert_eq!(target.object, Object::new("okta_user", "00u2").unwrap());
    assert_eq!(
        (target.relation, target.details),
        (Relation("can_reset_password"), vec![("Name", "Bob Crane".to_owned())])
    );
    let facts: Vec<_> = target.facts.iter().map(ToString::to_string).collect();
    let member = |group: &str| format!("okta_group:{group} member_of okta_user:00u2");
    assert_eq!(facts, ["okta:users organization okta_user:00u2".to_owned(), member("00g1"), member("00g2")]);
    assert_eq!(target.caveat, None);
}

/// A subset of the groups could omit the one that forbids the action.
#[tokio::test]
async fn a_user_with_too_many_groups_for_a_check_is_checked_without_any() {
    let service = Service::answering(|path, _| match path {
        "/api/v1/users/00u2/groups" => groups(0..99, None),
        "/api/v1/users/00u3/groups" => groups(0..100, None),
        path if path.ends_with("bob@acme.example") => user("00u2", "bob@acme.example", "Bob"),
        _ => user("00u3", "eve@acme.example", "Eve"),
    })
    .await;
    let fits = lookup(&service).target(&call("bob@acme.example"), &access_token()).await.unwrap();
    assert_eq!((fits.facts.len(), fits.caveat), (100, None));
    let crowded = lookup(&service).target(&call("eve@acme.example"), &access_token()).await.unwrap();
    assert_eq!(crowded.facts.len(), 1, "{:?}", crowded.facts);
    let caveat = "eve@acme.example is in 100 Okta groups, and at most 99 can be checked. Only somebody with manage_okta on \
                  okta:users may do this.";
    assert_eq!(crowded.caveat.as_deref(), Some(caveat));
}

#[tokio::test]
async fn look_alike_letters_of_a_login_are_shown() {
    let service = Service::answering(|path, _| match path.rsplit('/').next().unwrap() {
        "groups" => groups(0..0, None),
        _ => user("00u2", "b\u{43e}b@acme.example", ""),
    })
    .await;
    let target = lookup(&service).target(&call("b\u{43e}b@acme.example"), &access_token()).await.unwrap();
    let shown = "Crane; letters of the login: \u{43e} is U+043E";
    assert_eq!(target.details, [("Name", shown.to_owned())]);
}

fn person(email: Option<&str>, directory_id: Option<&str>) -> Actor {
    let evidence = Evidence::of("https://idp.example/", "auth0|pat", "acme");
    Actor::attest(Evidence {
        name: "Pat O'Neil".into(),
        email: email.map(str::to_owned),
        directory_id: directory_id.map(str::to_owned),
        ..evidence
    })
}

#[tokio::test]
async fn own_groups_are_found_by_token_then_by_id_then_by_address() {
    let tool = |acts_as| async move { OktaGroups::new(Service::answering(|_, _| missing()).await.client, acts_as) };
    let (own, other) = (Some("pat.o'neil@acme.example"), Some("bob@acme.example"));
    type Row = (ActsAs, Option<&'static str>, Option<&'static str>, Option<&'static str>, &'static str);
    let rows: [Row; 11] = [
        (ActsAs::Person, None, None, None, "Token"),
        (ActsAs::Person, own, None, None, "Token"),
        (ActsAs::Person, own, None, own, "Token"),
        (ActsAs::Person, own, None, Some("Pat.O'Neil@acme.example"), "Token"),
        (ActsAs::Person, own, Some("00u5"), other, "Named(Login(\"bob@acme.example\"))"),
        (ActsAs::Person, None, None, own, "Named(Login(\"pat.o'neil@acme.example\"))"),
        (ActsAs::Application, own, Some("00u5"), None, "Id(\"00u5\")"),
        (ActsAs::Application, own, Some("00u5"), own, "Id(\"00u5\")"),
        (ActsAs::Application, own, None, None, "Address(Login(\"pat.o'neil@acme.example\"))"),
        (ActsAs::Application, own, None, other, "Named(Login(\"bob@acme.example\"))"),
        (ActsAs::Application, None, None, None, "your Okta account cannot be found."),
    ];
    for (acts_as, email, id, named, expected) in rows {
        let input: Value = json!({ "user": named });
        let whose = tool(acts_as).await.whose(&person(email, id), &input);
        let shown = whose.map_or_else(|error| error.to_string(), |whose| format!("{whose:?}"));
        assert!(shown.ends_with(expected), "{acts_as:?} {email:?} {id:?} {named:?}: {shown}");
    }
}
