//! The MCP door and clients that open pages for their person: a call that needs an account or a confirmation leads to the page of
//! the call, which only its person can open. Nothing that a client answers approves anything.

use crate::accounts::leads_to;
use crate::world::mcp_door::{Messages, mcp};
use crate::world::{Custom, TestApp};
use reqwest::Url;
use sandbox::identity::Answer;
use serde_json::{Value, json};
use std::time::Duration;

const RESET: &str = "okta_reset_password";

fn eve() -> Value {
    json!({ "user": "eve@acme.example" })
}

async fn app() -> TestApp {
    let app = TestApp::with(Custom { doors: Box::new(mcp), ..Custom::default() }).await;
    // The accounts that people lend are known from their sign-in.
    app.signed_in("ada").await;
    app
}

async fn rings(app: &TestApp) {
    let ringing = async {
        while app.sandbox.provider().pushes().is_empty() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), ringing).await.expect("the phone rings");
}

/// Returns the page to which the answer leads.
fn page(asked: &Value) -> Url {
    assert_eq!(asked["resultType"], "input_required", "{asked}");
    let requests = asked["inputRequests"].as_object().unwrap();
    let [(_, request)] = &requests.iter().collect::<Vec<_>>()[..] else { panic!("one question: {asked}") };
    assert_eq!((&request["method"], &request["params"]["mode"]), (&json!("elicitation/create"), &json!("url")));
    request["params"]["url"].as_str().unwrap().parse().unwrap()
}

#[tokio::test]
async fn a_client_that_opens_pages_is_led_to_the_page_of_the_call_and_its_accept_approves_nothing() {
    let app = app().await;
    app.signed_in("bob").await;
    let client = app.mcp_client("ada", json!({})).with_pages();
    let asked = client.call(RESET, eve()).await;
    let url = page(&asked);
    assert!(url.as_str().starts_with(&format!("{}/c/", app.url)) && url.query().is_none(), "{url}");
    rings(&app).await;
    let push = format!("{:?}", app.ringing());
    assert!(app.effects().is_empty() && push.contains("eve@acme.example"), "{push}");

    let stranger = app.browser().visit(url.path()).await;
    assert!(stranger.body.contains("Sign in") && !stranger.body.contains("eve@acme.example"), "{}", stranger.body);
    let bob = app.signed_in("bob").await.visit(url.path()).await;
    assert!(bob.status == 404 && !bob.body.contains("eve@acme.example"), "{}", bob.body);
    let ada = app.signed_in("ada").await.visit(url.path()).await;
    assert!(ada.status == 200 && ada.body.contains("eve@acme.example"), "{}", ada.body);

    // The same call without the state is the same question, under another key.
    let again = client.call(RESET, eve()).await;
    assert_eq!((page(&again), app.sandbox.provider().pushes().len()), (url, 1));
    let keys = |asked: &Value| asked["inputRequests"].as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_ne!(keys(&again), keys(&asked));

    let denying = async { app.answer(Answer::Deny) };
    let (denied, ()) = tokio::join!(client.call_again(RESET, eve(), &asked, "accept"), denying);
    assert_eq!(denied["structuredContent"]["error"], "not_approved", "the phone decides: {denied}");
    assert!(app.effects().is_empty());
    app.finish().await;
}

#[tokio::test]
async fn a_client_that_comes_back_receives_the_outcome_of_its_call() {
    let app = app().await;
    let client = app.mcp_client("ada", json!({})).with_pages();
    let asked = client.call(RESET, eve()).await;
    page(&asked);
    rings(&app).await;
    let approving = async { app.answer(Answer::Approve) };
    let (done, ()) = tokio::join!(client.call_again(RESET, eve(), &asked, "accept"), approving);
    assert_eq!((&done["isError"], app.effects().len()), (&json!(false), 1), "{done}");

    let twice = client.call_again(RESET, eve(), &asked, "accept").await;
    assert_eq!(twice["code"], -32602, "the outcome was told: {twice}");
    assert_eq!((app.effects().len(), app.sandbox.provider().pushes().len()), (1, 1), "and no other call began");
    app.finish().await;
}

#[tokio::test]
async fn a_request_state_is_refused_but_for_its_own_call() {
    let app = app().await;
    let bob = app.signed_in("bob").await;
    let client = app.mcp_client("ada", json!({})).with_pages();
    let asked = client.call(RESET, eve()).await;
    page(&asked);
    rings(&app).await;
    let tampered = |state: &dyn Fn(&str) -> String| {
        let mut other = asked.clone();
        other["requestState"] = json!(state(asked["requestState"].as_str().unwrap()));
        other
    };
    let acting = json!({ "azp": "supervisor", "act": { "sub": crate::world::door::SUPERVISOR } });
    let boss = json!({ "user": "boss@acme.example" });
    let ada = || app.mcp_client("ada", json!({})).with_pages();
    let rows = [
        ("Bob", app.mcp_client("bob", json!({})).with_pages(), RESET, eve(), asked.clone()),
        ("another client", app.mcp_client("ada", json!({ "azp": "other" })), RESET, eve(), asked.clone()),
        ("an agent for Ada", app.mcp_client("ada", acting), RESET, eve(), asked.clone()),
        ("other arguments", ada(), RESET, boss, asked.clone()),
        ("another tool", ada(), "okta_user_status", eve(), asked.clone()),
        ("cut", ada(), RESET, eve(), tampered(&|state| state[1..].to_owned())),
        ("longer", ada(), RESET, eve(), tampered(&|state| format!("{state}A"))),
        ("invented", ada(), RESET, eve(), tampered(&|_| "rs1.bm90aGluZw.bm90aGluZw".to_owned())),
        ("empty", ada(), RESET, eve(), tampered(&|_| String::new())),
    ];
    for (name, client, tool, arguments, state) in rows {
        for action in ["accept", "cancel"] {
            let refused = client.call_again(tool, arguments.clone(), &state, action).await;
            assert_eq!(refused["code"], -32602, "{name}: {refused}");
        }
    }
    assert_eq!(bob.titles().await, [""; 0], "nothing began");
    assert_eq!((app.effects().len(), app.sandbox.provider().pushes().len()), (0, 1), "nobody else was asked");
    let approving = async { app.answer(Answer::Approve) };
    let (done, ()) = tokio::join!(client.call_again(RESET, eve(), &asked, "accept"), approving);
    assert_eq!(done["isError"], false, "the call waited for its own client: {done}");
    app.finish().await;
}

#[tokio::test]
async fn a_person_who_declines_to_open_the_page_takes_the_question_back() {
    let app = app().await;
    let client = app.mcp_client("ada", json!({})).with_pages();
    let asked = client.call(RESET, eve()).await;
    page(&asked);
    rings(&app).await;
    let declined = client.call_again(RESET, eve(), &asked, "decline").await;
    assert_eq!(declined["isError"], true, "{declined}");
    app.answer(Answer::Approve);
    assert!(app.effects().is_empty(), "an approval afterwards does nothing");
    app.finish().await;
}

#[tokio::test]
async fn an_account_is_connected_on_the_page_and_the_call_is_done_once() {
    let app = TestApp::with(Custom { doors: Box::new(mcp), connected: Vec::new(), ..Custom::default() }).await;
    let bob = app.signed_in("bob").await;
    let client = app.mcp_client("bob", json!({})).with_pages();
    let asked = client.call("okta_groups", json!({})).await;
    let url = page(&asked);
    let shown = bob.visit(url.path()).await;
    let call = shown.between("name=\"call\" value=\"", "\"").to_owned();
    let leading = bob.want(url.path().trim_start_matches("/c/"), &call).await;
    bob.visit(bob.consent(&leads_to(&leading), "allow").await.as_str()).await;
    // Nobody is needed any more, so the call could run by itself. It is under way already, and is joined without the state too.
    let done = client.call("okta_groups", json!({})).await;
    assert!(done["isError"] == false && done.to_string().contains("Finance"), "{done}");
    let grace = app.signed_in("grace").await;
    let entries = grace.visit("/activity/export?person=auth0%7Cbob&tool=okta_groups").await.body;
    assert_eq!(entries.matches("\"tool\":\"okta_groups\"").count(), 1, "once: {entries}");
    app.finish().await;
}

/// The capability counts in the current revision alone: before, it belongs to a session, and there is none.
#[tokio::test]
async fn a_client_of_the_revision_before_is_told_by_progress() {
    let app = app().await;
    let client = app.mcp_client("ada", json!({}));
    let meta = json!({
        "progressToken": "p-1",
        "io.modelcontextprotocol/clientCapabilities": { "elicitation": { "url": {} } },
    });
    let call = json!({ "name": RESET, "arguments": eve(), "_meta": meta });
    let mut messages = Messages::of(client.older("tools/call", call)).await;
    let progress = messages.next().await.unwrap();
    assert_eq!(progress["method"], "notifications/progress", "{progress}");
    rings(&app).await;
    app.answer(Answer::Approve);
    let done = messages.last().await;
    assert_eq!((&done["result"]["isError"], app.effects().len()), (&json!(false), 1), "{done}");
    app.finish().await;
}
