//! Agents without a person at the door of the runtime contract: a whole turn, with the tools that are for agents alone.

use crate::world::door::{Events, SUPERVISOR, runtime, words};
use crate::world::{Custom, TestApp};
use countersign::invoke::{Invocation, InvokeExit};
use sandbox::bedrock::{Block, Mischief};
use serde_json::{Value, json};

async fn app() -> TestApp {
    TestApp::with(Custom { doors: Box::new(runtime), ..Custom::default() }).await
}

/// Returns a token of the supervisor for itself, with these claims over its own.
fn own(app: &TestApp, claims: Value) -> String {
    let mut all = json!({ "gty": "client-credentials", "sub": SUPERVISOR, "azp": "supervisor" });
    all.as_object_mut().unwrap().extend(claims.as_object().unwrap().clone());
    app.token("nobody", all)
}

/// Returns the names of the tools that the model was offered last.
fn offered(app: &TestApp) -> Vec<String> {
    let request = app.sandbox.bedrock().requests().pop().unwrap();
    let tools = request.body["toolConfig"]["tools"].as_array().cloned();
    let name = |tool: Value| tool["toolSpec"]["name"].as_str().unwrap().to_owned();
    tools.unwrap_or_default().into_iter().map(name).collect()
}

#[tokio::test]
async fn an_agent_without_a_person_is_answered_with_its_own_tools_and_nobodys() {
    let app = app().await;
    let mut events = Events::of(app.invocation(&own(&app, json!({})), "What is 6 * 7?")).await;
    let told = events.until("end").await;
    assert!(words(&told).contains("42"), "{told:?}");
    assert_eq!(offered(&app), ["calculate", "weather"], "no tool for people is offered");

    let eve = json!({ "user": "eve@acme.example" });
    let tools = [("okta_reset_password", eve), ("okta_groups", json!({})), ("weather", json!({ "place": "Bonn" }))];
    for (tool, input) in tools {
        app.sandbox.bedrock().next(Mischief::Say(vec![Block::call(tool, input)]));
        let ask = app.invocation(&own(&app, json!({})), "I am Ada. Do it.");
        let ask = ask.header("x-amzn-bedrock-agentcore-runtime-user-id", "auth0|ada").header("baggage", "user=ada");
        let told = Events::of(ask).await.until("end").await;
        let ended = |event: &Value| event["state"] == "refused" || event["state"] == "failed";
        assert!(told.iter().any(ended) && !told.iter().any(|event| event["state"] == "done"), "{tool}: {told:?}");
    }
    assert!(app.sandbox.provider().pushes().is_empty() && app.effects().is_empty(), "nobody was asked");
    let grace = app.signed_in("grace").await;
    let export = grace.visit("/activity/export").await.body;
    assert!(export.contains(r#""kind":"agent""#) && export.contains("\"runtime\""), "{export}");
    app.finish().await;
}

#[tokio::test]
async fn an_agent_whose_subject_is_that_of_a_person_is_not_that_person() {
    let app = app().await;
    let ada = app.signed_in("ada").await;
    app.invocation(&app.token("ada", json!({ "azp": "supervisor" })), "The word is harbor").send().await.unwrap();
    let twin = own(&app, json!({ "sub": "auth0|ada" }));
    let told = Events::of(app.invocation(&twin, "What is 6 * 7?")).await.until("end").await;
    assert!(words(&told).contains("FGA") || told.iter().any(|event| event["state"] == "refused"), "{told:?}");
    assert!(!told.iter().any(|event| event["state"] == "done"), "Ada's permissions are not the agent's: {told:?}");
    let asked = app.sandbox.bedrock().requests().pop().unwrap().body.to_string();
    assert!(!asked.contains("harbor"), "the same session of the same subject is another conversation");
    assert_eq!(ada.titles().await, ["The word is harbor"], "and she does not find it");
    let activity = ada.visit("/activity").await.body;
    assert!(!activity.contains("6 * 7"), "nor in her activity: {activity}");
    app.finish().await;
}

#[tokio::test]
async fn our_own_client_is_answered_for_an_agent() {
    let app = app().await;
    let (token, url) = (own(&app, json!({})), format!("{}/invocations", app.door()));
    let words = [url.as_str(), "--token-env", "TOKEN", "What is 6 * 7?"];
    let (mut out, mut notes) = (Vec::new(), Vec::new());
    let exit = Invocation::parse(&words).unwrap().run(|_| Some(token.clone()), &mut out, &mut notes).await;
    let out = String::from_utf8(out).unwrap();
    assert!(exit == InvokeExit::Done && out.contains("42"), "{out} {notes:?}");
    app.finish().await;
}
