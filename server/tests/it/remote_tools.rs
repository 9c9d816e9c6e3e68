//! Tools of MCP servers in real turns: offered, permitted, called with the person's own token, and refused with the
//! reason if anything is missing.

use crate::world::frames::{began, end, refusals, said};
use crate::world::{Custom, TestApp, logs, mcp};
use app::wire::{Event, Refusal, TurnEnd};
use sandbox::Sandbox;
use sandbox::cloud::{Fault, Times};
use sandbox::identity::{Alteration, Tamper};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

const QUESTION: &str = "List all my assigned tasks";
const TUPLE: [&str; 3] = ["user:auth0|ada", "can_call", "tool:tasks/get_tasks"];

fn not_now(service: &str) -> Vec<Refusal> {
    vec![Refusal::NotNow { service: service.to_owned() }]
}

#[tokio::test]
async fn a_permitted_person_lists_their_tasks_through_the_gateway() {
    let app = TestApp::start().await;
    let ada = app.signed_in("ada").await;
    let (conversation, events) = ada.ask(QUESTION).await;
    assert!(began(&events) && end(&events) == TurnEnd::Done, "{events:?}");
    for (task, whose) in [("Review the contractors' VPN access", true), ("Close the books for November", false)] {
        assert_eq!(
            said(&events).contains(&task.replace('\'', "&#39;")) || said(&events).contains(task),
            whose,
            "{}",
            said(&events)
        );
    }
    app.revoke(TUPLE[0], TUPLE[1], TUPLE[2]).await;
    let events = ada.ask_on(&conversation, QUESTION).await;
    let denied = Refusal::Denied { relation: TUPLE[1].to_owned(), object: TUPLE[2].to_owned() };
    assert_eq!((refusals(&events), began(&events), end(&events)), (vec![denied], false, TurnEnd::Done));
    app.finish().await;
}

#[tokio::test]
async fn a_gateway_that_is_down_is_not_now_and_the_turn_continues() {
    let mut app = TestApp::start().await;
    let ada = app.signed_in("ada").await;
    assert!(began(&ada.ask(QUESTION).await.1));
    // The restart clears this instance's memory of the server; the table still knows its tools.
    app.restart().await;
    for fault in [Fault::Refuse, Fault::Timeout] {
        app.sandbox.faults().set("mcp", Some(fault.clone()), Times::Always);
        let (conversation, events) = ada.ask(QUESTION).await;
        assert_eq!(refusals(&events), not_now("the MCP server tasks"), "{fault:?}: {events:?}");
        assert!(!began(&events) && end(&events) == TurnEnd::Done, "{fault:?}: {events:?}");
        app.sandbox.faults().clear();
        let events = ada.ask_on(&conversation, QUESTION).await;
        assert!(events.iter().any(|event| matches!(event, Event::CallDone { .. })), "{fault:?}: {events:?}");
        app.restart().await;
    }
    app.finish().await;
}

#[tokio::test]
async fn the_server_logs_at_start_that_mcp_servers_bypass_the_machine_proxy() {
    let told = || logs::json().lines().filter(|line| line.contains("without the proxy of this machine")).count();
    let before = told();
    TestApp::start().await.finish().await;
    assert_eq!(told(), before);
    let env = vec![("HTTPS_PROXY", "http://127.0.0.1:9".to_owned())];
    let app = TestApp::with(Custom { env, ..Custom::default() }).await;
    assert_eq!(told(), before + 1);
    let ada = app.signed_in("ada").await;
    assert!(began(&ada.ask(QUESTION).await.1), "the server is reached without the proxy");
    app.finish().await;
}

/// Attack 24 for tokens: people who ask at the same time each use only their own token.
#[tokio::test]
async fn attack_24_and_47_no_token_is_used_for_another_person() {
    let app = TestApp::start().await;
    let (ada, bob, eve) = (app.signed_in("ada").await, app.signed_in("bob").await, app.signed_in("eve").await);
    let people =
        [(&ada, "Retire the old mail gateway", "Close the books"), (&bob, "Close the books", "Retire the old")];
    let asked = (0..12).map(|i| {
        let (person, own, other) = people[i % 2];
        async move {
            let said = said(&person.ask(QUESTION).await.1);
            assert!(said.contains(own) && !said.contains(other), "{said}");
        }
    });
    futures::future::join_all(asked).await;
    // Eve lacks the permission: the server receives her token for listing tools, but never for a call.
    let (_, events) = eve.ask(QUESTION).await;
    assert!(matches!(refusals(&events)[..], [Refusal::Denied { .. }]), "{events:?}");
    let audience = app.sandbox.variable("MCP_TASKS_AUDIENCE").unwrap();
    let mut tokens = BTreeMap::new();
    for request in app.sandbox.tasks().requests() {
        let bearer = request.bearer().unwrap().to_owned();
        let claims = app.sandbox.provider().verify_access_token(&bearer, audience).unwrap();
        assert_eq!((claims.client.as_str(), claims.scopes), ("countersign", vec!["tasks:read".to_owned()]));
        if request.method.as_deref() == Some("tools/call") {
            assert_ne!(claims.sub, "auth0|eve");
        }
        tokens.insert(bearer, claims.sub);
    }
    // One token for each person: it is requested once and cached.
    assert_eq!(tokens.values().collect::<Vec<_>>().len(), 3, "{:?}", tokens.values());
    assert_eq!(tokens.values().collect::<BTreeSet<_>>().len(), 3);
    app.finish().await;
}

/// A token that differs from the request is not used, whatever the provider says about it.
#[tokio::test]
async fn attack_48_a_token_for_another_person_or_audience_is_not_sent() {
    let mut app = TestApp::start().await;
    let ada = app.signed_in("ada").await;
    assert!(began(&ada.ask(QUESTION).await.1));
    for (claim, value) in [
        ("aud", json!("https://api.other.example/")),
        ("aud", json!([app.sandbox.variable("MCP_TASKS_AUDIENCE").unwrap(), "https://api.other.example/"])),
        ("sub", json!("auth0|bob")),
        ("azp", json!("another-client")),
        ("iss", json!("https://evil.example/")),
        ("scope", json!("tasks:write")),
    ] {
        app.restart().await;
        let before = app.sandbox.tasks().requests().len();
        app.sandbox.provider().tamper(Tamper::Always(Alteration::AccessTokenClaim(claim, value.clone())));
        let (_, events) = ada.ask(QUESTION).await;
        assert_eq!(refusals(&events), not_now("the sign-in service"), "{claim} {value}");
        assert_eq!(app.sandbox.tasks().requests().len(), before, "{claim} {value}: the server saw nothing");
        app.sandbox.provider().tamper(Tamper::Off);
    }
    app.finish().await;
}

/// A provider with refresh token rotation accepts each token once, so the new one is stored before anything else
/// happens.
#[tokio::test]
async fn a_rotated_refresh_token_replaces_the_one_that_was_used() {
    let mut app = TestApp::start().await;
    let ada = app.signed_in("ada").await;
    let fresh = Alteration::Member("refresh_token", json!("rt_of_nobody"));
    app.sandbox.provider().tamper(Tamper::Once(fresh));
    assert!(began(&ada.ask(QUESTION).await.1));
    app.restart().await;
    // The sandbox does not know the new token, so a rejection proves that it came from the store.
    let posted = ada.begin(QUESTION).await.unwrap();
    let mut watch = ada.watch(&posted.conversation, 0).await;
    watch.events_until(|event| matches!(event, Event::AccountWanted { .. })).await;
    // No account can be connected here; the remedy is a new sign-in.
    let call = [("conversation", posted.conversation.as_str()), ("call", "call-1-1")];
    let page = ada.submit(&format!("/c/{}", posted.conversation), "/connect", &call).await;
    assert!(page.status == 401 && page.body.contains("/auth/login?return_to=/c/"), "{} {}", page.status, page.body);
    app.signed_in("ada").await;
    assert!(began(&watch.turn().await), "the same turn continues");
    app.finish().await;
}

/// Attack 49: a private address that is not allowed, like any other error of the file, prevents the start.
#[tokio::test]
async fn attack_49_the_server_does_not_start_with_a_forbidden_mcp_address() {
    let file = |sandbox: &Sandbox| {
        let tasks = mcp::tasks(sandbox).replace("allow = ", "# allow = ");
        format!("{tasks}[servers.Mail]\nurl = \"https://mail.example/mcp\"\n")
    };
    let started = TestApp::try_with(Custom { mcp: Box::new(file), ..Custom::default() }).await;
    assert_eq!(
        started.err().unwrap().to_string(),
        "MCP_FILE: [servers.Mail] needs a name of 1 to 24 characters out of a-z, 0-9 and -; \
         the MCP server tasks may not be reached: only https is allowed"
    );
}
