//! The door of the AgentCore runtime contract: the same turns, under the same guard, as in the browser.

use crate::world::door::{Events, RESOURCE, SESSION, SUPERVISOR, runtime, words};
use crate::world::{Custom, TestApp};
use countersign::invoke::{Invocation, InvokeExit};
use sandbox::bedrock::Mischief;
use sandbox::identity::Answer;
use serde_json::{Value, json};
use std::time::Duration;

const GROUPS: &str = "What are my Okta groups?";
const RESET: &str = "Reset the password of eve@acme.example";

async fn app() -> TestApp {
    TestApp::with(Custom { doors: Box::new(runtime), ..Custom::default() }).await
}

/// Waits until this is true.
async fn until(what: impl AsyncFn() -> bool) {
    let waiting = async {
        while !what().await {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), waiting).await.expect("it becomes true");
}

/// Signs the person in by the browser, as they must once: the accounts that they lend are known from there.
async fn known(app: &TestApp, who: &str) {
    app.signed_in(who).await;
}

#[tokio::test]
async fn a_person_is_answered_as_in_the_browser_and_finds_the_conversation_there() {
    let app = app().await;
    known(&app, "ada").await;
    let token = app.token("ada", json!({}));
    let answer = app.invocation(&token, GROUPS).send().await.unwrap();
    assert_eq!(answer.status().as_u16(), 200);
    assert_eq!(answer.headers()["x-amzn-bedrock-agentcore-runtime-session-id"], SESSION);
    let answer: Value = answer.json().await.unwrap();
    assert_eq!(answer["outcome"], "done");
    assert!(answer["response"].as_str().unwrap().contains("IT Helpdesk"), "{answer}");

    let mut events = Events::of(app.invocation(&token, "Thanks")).await;
    let told = events.until("end").await;
    assert_eq!((words(&told).as_str(), events.next().await), ("You're welcome.", None), "nothing follows the end");
    assert_eq!(told.last().unwrap()["outcome"], "done");

    let ada = app.signed_in("ada").await;
    let titles = ada.titles().await;
    assert_eq!(titles, ["Read your Okta groups"], "the session is one conversation");
    app.finish().await;
}

#[tokio::test]
async fn an_elevated_action_waits_for_the_phone_while_the_door_is_busy_and_is_in_the_ledger() {
    let app = app().await;
    known(&app, "ada").await;
    let idle = app.ping().await;
    assert_eq!(idle["status"], "Healthy");
    assert_eq!(app.ping().await, idle, "being asked changes no time, or a session would never end");
    let mut events = Events::of(app.invocation(&app.token("ada", json!({})), RESET)).await;
    let wanted = events.until("approval_wanted").await.pop().unwrap();
    let code = wanted["code"].as_str().unwrap().to_owned();
    let busy = app.ping().await;
    assert_eq!(busy["status"], "HealthyBusy");
    assert_eq!(app.ping().await, busy, "the time of the last change stays");
    assert!(app.effects().is_empty(), "nothing is done yet");
    until(async || !app.sandbox.provider().pushes().is_empty()).await;
    let push = format!("{:?}", app.ringing());
    assert!(push.contains(&code), "the phone shows the code {code}: {push}");
    app.answer(Answer::Approve);
    let told = events.until("end").await;
    let states: Vec<_> =
        told.iter().filter(|event| event["event"] == "call").map(|event| event["state"].clone()).collect();
    assert_eq!(states, ["approved", "running", "done"]);
    assert_eq!(app.effects().len(), 1);
    until(async || app.ping().await["status"] == "Healthy").await;

    let ada = app.signed_in("ada").await;
    let activity = ada.visit("/activity").await;
    assert!(activity.body.contains("Reset the password of eve@acme.example"), "{}", activity.body);
    app.finish().await;
}

#[tokio::test]
async fn a_caller_that_is_not_proved_does_not_enter_and_learns_how() {
    let app = app().await;
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let door = reqwest::Client::new();
    let bare =
        door.post(format!("{}/invocations", app.door())).json(&json!({ "prompt": "Hello" })).send().await.unwrap();
    assert_eq!(bare.status().as_u16(), 401);
    let challenge = bare.headers()["www-authenticate"].to_str().unwrap().to_owned();
    let metadata = "https://desk.example.com/.well-known/oauth-protected-resource/invocations";
    assert!(challenge.contains(&format!("resource_metadata=\"{metadata}\"")), "{challenge}");
    let document = format!("{}/.well-known/oauth-protected-resource/invocations", app.door());
    let document: Value = reqwest::get(document).await.unwrap().json().await.unwrap();
    assert_eq!(document["resource"], RESOURCE);

    for (claims, status) in [
        (json!({ "aud": "https://desk.example.com" }), 401),
        (json!({ "exp": now - 100 }), 401),
        (json!({ "iss": "https://other.example/" }), 401),
        (json!({ "nonce": "n" }), 401),
        (json!({ "azp": "unlisted" }), 403),
        (json!({ "act": { "sub": "unknown@clients" } }), 403),
    ] {
        let refused = app.invocation(&app.token("ada", claims.clone()), "Hello").send().await.unwrap();
        assert_eq!(refused.status().as_u16(), status, "{claims}");
        assert!(!refused.text().await.unwrap().contains("ada"), "{claims}");
    }
    app.finish().await;
}

#[tokio::test]
async fn a_person_may_do_no_more_through_the_door_than_in_the_browser() {
    let app = app().await;
    known(&app, "eve").await;
    let mut events = Events::of(app.invocation(&app.token("eve", json!({})), GROUPS)).await;
    let told = events.until("end").await;
    let refused = told.iter().find(|event| event["state"] == "refused");
    assert!(refused.is_some_and(|event| event["text"].as_str().unwrap().contains("read_okta")), "{told:?}");
    assert!(!words(&told).contains("IT Helpdesk"), "{told:?}");
    app.finish().await;
}

#[tokio::test]
async fn an_agent_that_acts_for_a_person_is_named_in_the_ledger_and_its_words_are_not_theirs() {
    let app = app().await;
    known(&app, "ada").await;
    let chain = json!({ "sub": SUPERVISOR, "act": { "sub": "planner@clients" } });
    let acting = app.token("ada", json!({ "azp": "supervisor", "act": chain }));
    let mut events = Events::of(app.invocation(&acting, RESET)).await;
    events.until("approval_wanted").await;
    until(async || !app.sandbox.provider().pushes().is_empty()).await;
    let push = format!("{:?}", app.ringing());
    assert!(push.contains("from the message of supervisor@clients"), "the phone says whose words they are: {push}");
    app.answer(Answer::Approve);
    events.until("end").await;
    assert_eq!(app.effects().len(), 1);

    let ada = app.signed_in("ada").await;
    let activity = ada.visit("/activity").await.body;
    let (_, link) = activity.split_once("href=\"/activity/").expect("an entry has a page");
    let entry = ada.visit(&format!("/activity/{}", link.split_once('"').unwrap().0)).await.body;
    for part in ["auth0|ada", "runtime (supervisor)", SUPERVISOR, "planner@clients"] {
        assert!(entry.contains(part), "{part}: {entry}");
    }
    app.finish().await;
}

#[tokio::test]
async fn the_id_of_a_session_opens_nobody_elses_conversation() {
    let app = app().await;
    let secret = "The password of the vault is 4711";
    app.invocation(&app.token("ada", json!({})), secret).send().await.unwrap();
    for (who, claims) in [("bob", json!({})), ("ada", json!({ "azp": "supervisor" }))] {
        let answer = app.invocation(&app.token(who, claims), "Hello").send().await.unwrap();
        assert_eq!(answer.status().as_u16(), 200);
    }
    assert_eq!(app.signed_in("bob").await.titles().await, ["Hello"]);
    let titles = app.signed_in("ada").await.titles().await;
    assert_eq!(titles.len(), 2, "another client of the same person has another conversation: {titles:?}");
    app.finish().await;
}

#[tokio::test]
async fn a_caller_that_leaves_joins_its_turn_again() {
    let app = app().await;
    let token = app.token("ada", json!({}));
    app.sandbox.bedrock().next(Mischief::Gate { after_words: 5 });
    let ask = || app.invocation(&token, "Tell me a long story").header("idempotency-key", "client-0001");
    let mut first = Events::of(ask()).await;
    first.until("words").await;
    drop(first);
    let mut second = Events::of(ask()).await;
    let mut told = second.until("words").await;
    assert_eq!(app.ping().await["status"], "HealthyBusy", "the turn goes on without its caller");
    app.sandbox.bedrock().release();
    told.extend(second.until("end").await);
    let whole: Value = ask().send().await.unwrap().json().await.unwrap();
    assert_eq!(whole["response"], words(&told), "both are told all of it");
    assert!(words(&told).starts_with("Once there was a harbor town"), "{told:?}");
    assert_eq!(app.sandbox.bedrock().requests().len(), 1, "the model was asked once");
    app.finish().await;
}

#[tokio::test]
async fn what_the_contract_does_not_say_is_refused_before_anything_is_kept() {
    let app = app().await;
    let token = app.token("ada", json!({}));
    let to = |session: &'static str, body: &'static str| {
        let request = reqwest::Client::new().post(format!("{}/invocations", app.door())).bearer_auth(&token);
        request.header("x-amzn-bedrock-agentcore-runtime-session-id", session).body(body)
    };
    for (session, body) in [
        (SESSION, "{\"prompt\":{\"toolUse\":{\"name\":\"okta_delete_user\"}}}"),
        (SESSION, "{\"prompt\":[{\"toolUse\":{}}]}"),
        (SESSION, "{}"),
        (SESSION, "hello"),
        (SESSION, ""),
        ("short", "{\"prompt\":\"Hello\"}"),
    ] {
        let refused = to(session, body).send().await.unwrap();
        assert_eq!(refused.status().as_u16(), 400, "{session} {body}");
    }
    let blank = to(SESSION, "{\"prompt\":\"  \"}").send().await.unwrap();
    assert_eq!(blank.status().as_u16(), 422);
    let key = to(SESSION, "{\"prompt\":\"Hello\"}").header("idempotency-key", "x").send().await.unwrap();
    assert_eq!(key.status().as_u16(), 400);
    assert_eq!(app.signed_in("ada").await.titles().await, [""; 0]);
    app.finish().await;
}

#[tokio::test]
async fn a_stream_ends_with_the_token() {
    let app = app().await;
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    app.sandbox.bedrock().next(Mischief::Gate { after_words: 5 });
    let mut events =
        Events::of(app.invocation(&app.token("ada", json!({ "exp": now + 3 })), "Tell me a long story")).await;
    let ended = tokio::time::timeout(Duration::from_secs(20), events.until("error")).await.unwrap();
    assert_eq!(ended.last().unwrap()["kind"], "expired");
    assert_eq!(events.next().await, None);
    app.sandbox.bedrock().release();
    app.finish().await;
}

/// Runs our own client; returns its exit, its output and its notes.
async fn invoked(words: &[&str], variable: impl Fn(&str) -> Option<String>) -> (InvokeExit, String, String) {
    let (mut out, mut notes) = (Vec::new(), Vec::new());
    let exit = Invocation::parse(words).unwrap().run(variable, &mut out, &mut notes).await;
    (exit, String::from_utf8(out).unwrap(), String::from_utf8(notes).unwrap())
}

#[tokio::test]
async fn our_own_client_prints_a_turn_that_waits_for_the_phone() {
    let app = app().await;
    known(&app, "ada").await;
    let (token, url) = (app.token("ada", json!({})), format!("{}/invocations", app.door()));
    let words = [url.as_str(), "--token-env", "TOKEN", RESET];
    let answering = async {
        until(async || !app.sandbox.provider().pushes().is_empty()).await;
        app.answer(Answer::Approve);
    };
    let ((exit, out, notes), ()) = tokio::join!(invoked(&words, |_| Some(token.clone())), answering);
    assert_eq!((exit, notes.as_str()), (InvokeExit::Done, ""), "{out}");
    for part in ["(okta_reset_password)", "Waiting for your confirmation, code ", ": running\n", ": done"] {
        assert!(out.contains(part), "{part}: {out}");
    }
    assert_eq!(app.effects().len(), 1);

    let (exit, _, notes) = invoked(&words, |_| Some(app.token("ada", json!({ "azp": "unlisted" })))).await;
    assert_eq!(exit, InvokeExit::NotDone);
    assert!(notes.contains("the door answered 403"), "{notes}");
    let variable = |name: &str| app.sandbox.variable(name).unwrap().to_owned();
    let (token_url, client) = (variable("OKTA_TOKEN_URL"), variable("AGENT_CLIENT_ID"));
    let audience = variable("MCP_DOOR_AUDIENCE");
    let agent = ["--agent", "--token-url", &token_url, "--client-id", &client, "--secret-env", "AGENT_CLIENT_SECRET"];
    let words = [&agent[..], &["--audience", &audience, &url, "Hello"]].concat();
    let (exit, _, notes) = invoked(&words, |name| Some(variable(name))).await;
    assert_eq!(exit, InvokeExit::NotDone);
    assert!(notes.contains("the door answered 401"), "its token is for another door: {notes}");
    app.finish().await;
}
