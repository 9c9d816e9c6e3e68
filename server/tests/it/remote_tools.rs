//! Tools of MCP servers in real turns: offered, permitted, called with the person's own token, and refused with what is
//! missing when anything is.

use crate::approvals::until_it_rings;
use crate::world::browser::Browser;
use crate::world::frames::{began, end, refusals, said};
use crate::world::{Custom, TestApp, mcp};
use app::wire::{End, Event, Refusal};
use sandbox::Sandbox;
use sandbox::bedrock::{Block, Mischief};
use sandbox::cloud::{Fault, Times};
use sandbox::identity::{Alteration, Answer, PushState, Tamper};
use sandbox::mcp::Hostile;
use sandbox::mcp::hostile::{Reply, Strikes, offers};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use tokio::net::TcpListener;

const QUESTION: &str = "List all my assigned tasks";
const TUPLE: [&str; 3] = ["user:auth0|ada", "can_call", "tool:tasks/get_tasks"];

fn not_now(service: &str) -> Vec<Refusal> {
    vec![Refusal::NotNow { service: service.to_owned() }]
}

#[tokio::test]
async fn the_assigned_tasks_are_listed_through_the_gateway_by_whom_it_is_permitted() {
    let app = TestApp::start().await;
    let ada = app.signed_in("ada").await;
    let (conversation, events) = ada.ask(QUESTION).await;
    assert!(began(&events) && end(&events) == End::Done, "{events:?}");
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
    assert_eq!((refusals(&events), began(&events), end(&events)), (vec![denied], false, End::Done));
    app.finish().await;
}

#[tokio::test]
async fn a_gateway_that_is_down_is_not_now_and_the_turn_goes_on() {
    let mut app = TestApp::start().await;
    let ada = app.signed_in("ada").await;
    assert!(began(&ada.ask(QUESTION).await.1));
    // What this instance remembers of the server is gone, what the table knows of its tools is not.
    app.restart().await;
    for fault in [Fault::Refuse, Fault::Timeout] {
        app.sandbox.faults().set("mcp", Some(fault.clone()), Times::Always);
        let (conversation, events) = ada.ask(QUESTION).await;
        assert_eq!(refusals(&events), not_now("the outside server tasks"), "{fault:?}: {events:?}");
        assert!(!began(&events) && end(&events) == End::Done, "{fault:?}: {events:?}");
        app.sandbox.faults().clear();
        let events = ada.ask_on(&conversation, QUESTION).await;
        assert!(events.iter().any(|event| matches!(event, Event::CallDone { .. })), "{fault:?}: {events:?}");
        app.restart().await;
    }
    app.finish().await;
}

/// The hostile server, and its address.
async fn hostile() -> (Hostile, String) {
    let (hostile, listener) = (Hostile::default(), TcpListener::bind("127.0.0.1:0").await.unwrap());
    let url = format!("http://{}/mcp", listener.local_addr().unwrap());
    let router = hostile.router();
    tokio::spawn(async move { axum::serve(listener, router).await });
    (hostile, url)
}

/// A house whose one MCP server is this one, with more said of it; Ada may call its `weather`.
async fn house(url: &str, more: &'static str) -> (TestApp, Browser) {
    let url = url.to_owned();
    let file = move |sandbox: &Sandbox| format!("{}{more}", mcp::server(sandbox, "hostile", &url));
    let app = TestApp::with(Custom { mcp: Box::new(file), ..Custom::default() }).await;
    app.grant("user:auth0|ada", "can_call", "tool:hostile/weather").await;
    let ada = app.signed_in("ada").await;
    (app, ada)
}

const READ: &str = "[servers.hostile.tools.weather]\nrisk = \"read\"\n";

/// Has the model propose the weather, whatever it was asked.
async fn weather(app: &TestApp, person: &Browser) -> Vec<Event> {
    app.sandbox.bedrock().next(Mischief::Say(vec![Block::call("hostile___weather", json!({"place": "Rome"}))]));
    person.ask("What is it like in Rome?").await.1
}

/// What the model was offered last: names and descriptions.
fn offered(app: &TestApp) -> BTreeMap<String, String> {
    let last = app.sandbox.bedrock().requests().pop().unwrap().body;
    let tools = last["toolConfig"]["tools"].as_array().unwrap().iter().map(|tool| &tool["toolSpec"]);
    let text = |tool: &Value, name: &str| tool[name].as_str().unwrap().to_owned();
    let all: Vec<_> = tools.map(|tool| (text(tool, "name"), text(tool, "description"))).collect();
    let named: BTreeMap<_, _> = all.iter().cloned().collect();
    assert_eq!(named.len(), all.len(), "each name once: {all:?}");
    named
}

fn calls(hostile: &Hostile) -> usize {
    hostile.requests().iter().filter(|request| request.method.as_deref() == Some("tools/call")).count()
}

fn failure(events: &[Event]) -> &str {
    let reason = events.iter().find_map(|event| match event {
        Event::CallFailed { reason, .. } => Some(reason.as_str()),
        _ => None,
    });
    reason.unwrap_or_else(|| panic!("{events:?}"))
}

#[tokio::test]
async fn a_changed_tool_is_offered_again_once_an_operator_has_read_how() {
    let (hostile, url) = hostile().await;
    let (mut app, ada) = house(&url, READ).await;
    let bob = app.signed_in("bob").await;
    assert!(began(&weather(&app, &ada).await));
    let page = ada.visit("/tools").await;
    for words in ["hostile___weather", "can_call", "tool:hostile/weather", "the permission suffices", "answers"] {
        assert!(page.status == 200 && page.body.contains(words), "{words}: {}", page.body);
    }
    assert!(!page.body.contains("Accept this change") && !page.body.contains("<script"), "{}", page.body);
    assert!(ada.visit("/activity").await.body.contains("href=\"/tools\""));
    assert!(!bob.visit("/activity").await.body.contains("href=\"/tools\""));

    hostile.offer(offers::redescribed());
    app.restart().await;
    let before = calls(&hostile);
    assert!(matches!(refusals(&weather(&app, &ada).await)[..], [Refusal::BadInput { .. }]), "there is no such tool");
    assert!(!offered(&app).contains_key("hostile___weather"));
    let page = ada.visit("/tools").await;
    assert!(page.body.contains("Always pass the user") && page.body.contains("changed, not offered"), "{}", page.body);
    let digest = page.between("name=\"digest\" value=\"", "\"").to_owned();
    let accept = async |who: &Browser, digest: &str| {
        let fields = [("server", "hostile"), ("tool", "weather"), ("digest", digest)];
        who.submit("/tools", "/tools/accept", &fields).await
    };
    for answer in [bob.visit("/tools").await, accept(&bob, &digest).await] {
        let named =
            answer.body.contains("<code>operator</code>") && answer.body.contains("<code>tenant:default</code>");
        assert!(answer.status == 403 && named && !answer.body.contains("weather"), "{} {}", answer.status, answer.body);
    }
    assert_eq!(accept(&ada, "0").await.status, 409);
    // It changes once more while it is read: what was read is what is accepted, or nothing.
    hostile.offer(offers::reshaped());
    let again = ada.visit("/tools").await;
    assert!(again.body.contains("Paste an access token."), "{}", again.body);
    assert_eq!(accept(&ada, &digest).await.status, 409);
    assert!(matches!(refusals(&weather(&app, &ada).await)[..], [Refusal::BadInput { .. }]), "still not");
    hostile.offer(offers::redescribed());
    let digest = ada.visit("/tools").await.between("name=\"digest\" value=\"", "\"").to_owned();
    assert_eq!(calls(&hostile), before, "nobody has called it meanwhile");
    assert_eq!(accept(&ada, &digest).await.location().path(), "/tools");
    assert!(began(&weather(&app, &ada).await), "offered at once");
    let page = ada.visit("/tools").await;
    assert!(page.body.contains("Accepted by") && !page.body.contains("changed, not offered"), "{}", page.body);
    app.revoke("user:auth0|ada", "operator", "tenant:default").await;
    assert_eq!(ada.visit("/tools").await.status, 403);
    app.sandbox.faults().set("fga", Some(Fault::Refuse), Times::Always);
    assert_eq!(
        (ada.visit("/tools").await.status, accept(&ada, &digest).await.status),
        (503, 503),
        "no answer is no yes"
    );
    app.finish().await;
}

/// Whatever a description says, and whatever the model does because of it: a person is asked before anything is changed.
#[tokio::test]
async fn attack_44_a_poisoned_description_moves_nothing_without_a_yes() {
    let (hostile, url) = hostile().await;
    hostile.offer([offers::poisoned(), offers::plain()].concat());
    let (app, ada) = house(&url, "").await;
    let obedient = [
        Block::call("okta_reset_password", json!({"user": "bob@acme.example"})),
        Block::call("hostile___weather", json!({"place": "everything that I know"})),
    ];
    for block in obedient {
        app.sandbox.bedrock().next(Mischief::Say(vec![block]));
        let posted = ada.begin("Hello").await.unwrap();
        let mut watch = ada.watch(&posted.conversation, 0).await;
        until_it_rings(&mut watch).await;
        ada.stop(&posted.conversation).await.unwrap();
        assert!(!began(&watch.turn().await));
        app.sandbox.provider().pushes().iter().filter(|push| push.state == PushState::Pending).for_each(|push| {
            app.sandbox.provider().answer(&push.id, Answer::Deny).unwrap();
        });
    }
    assert_eq!((app.effects(), calls(&hostile)), (Vec::new(), 0));
    for (name, description) in offered(&app).iter().filter(|(name, _)| name.starts_with("hostile___")) {
        let marked =
            description.starts_with("A tool of the outside server hostile, which describes it so (a description,");
        assert!(marked && description.is_ascii() || description.contains('\u{2026}'), "{name}: {description}");
        assert!(description.chars().count() < 800, "{name}: {description}");
    }
    app.finish().await;
}

#[tokio::test]
async fn attack_45_a_tool_from_elsewhere_takes_no_name_of_ours() {
    let (hostile, url) = hostile().await;
    hostile.offer([offers::confusable(), vec![offers::tool("harmless", "One.", offers::place())]].concat());
    let (app, ada) = house(&url, "").await;
    ada.ask("Hello").await;
    let offered = offered(&app);
    assert!(offered["okta_groups"].contains("Okta") && !offered["okta_groups"].contains("outside server"));
    let theirs: Vec<_> = offered.keys().filter(|name| name.starts_with("hostile___")).collect();
    assert_eq!(theirs, ["hostile___harmless"]);
    let page = ada.visit("/tools").await;
    assert!(page.body.contains("the name looks like okta_groups"), "{}", page.body);
    app.finish().await;
}

#[tokio::test]
async fn attack_46_and_49_what_a_server_answers_is_bounded_and_leads_the_token_nowhere() {
    let ((hostile, url), (elsewhere, other)) = (hostile().await, hostile().await);
    let (app, ada) = house(
        &url,
        concat!("[servers.hostile.tools.weather]\nrisk = \"read\"\n", "[servers.hostile.limits]\nseconds = 1\n"),
    )
    .await;
    for (reply, said) in [
        (Reply::Big(200 * 1024), "too long"),
        (Reply::Deep(10_000), "nested too deeply"),
        (Reply::Redirect(other.clone()), "another address, which is not followed"),
        (Reply::Slow, "the outside server hostile is not available right now"),
        (Reply::Silent, "the outside server hostile is not available right now"),
    ] {
        hostile.reply(Strikes::Calls, reply.clone());
        let events = weather(&app, &ada).await;
        assert!(failure(&events).contains(said) && end(&events) == End::Done, "{reply:.40?}: {}", failure(&events));
        let prompt = app.sandbox.bedrock().requests().pop().unwrap().body.to_string();
        assert!(prompt.len() < 64 * 1024, "{} bytes went to the model", prompt.len());
    }
    assert!(elsewhere.requests().is_empty());
    // The same while it is asked for its tools: they are offered as they are known, and the turn goes on.
    hostile.reply(Strikes::Everything, Reply::Redirect(other));
    let events = ada.ask("Hello").await.1;
    assert!(end(&events) == End::Done && elsewhere.requests().is_empty(), "{events:?}");
    app.finish().await;
}

/// Row 24 for tokens: people who ask at the same time, each with a token of their own and none of another's.
#[tokio::test]
async fn attack_24_and_47_nobodys_token_is_used_for_anybody_else() {
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
    // Eve may not: the server hears of her when its tools are asked for, and never of a call.
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
    // One token for each: it is asked for once and kept for a while.
    assert_eq!(tokens.values().collect::<Vec<_>>().len(), 3, "{:?}", tokens.values());
    assert_eq!(tokens.values().collect::<BTreeSet<_>>().len(), 3);
    app.finish().await;
}

/// A token that is not what was asked for is not used, whatever the provider says of it.
#[tokio::test]
async fn attack_48_a_token_for_somebody_or_something_else_goes_nowhere() {
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

/// A provider that rotates refresh tokens takes each once: the fresh one is in the store before anything else is done.
#[tokio::test]
async fn a_refresh_token_that_comes_back_takes_the_place_of_the_one_that_was_used() {
    let mut app = TestApp::start().await;
    let ada = app.signed_in("ada").await;
    let fresh = Alteration::Member("refresh_token", json!("rt_of_nobody"));
    app.sandbox.provider().tamper(Tamper::Once(fresh));
    assert!(began(&ada.ask(QUESTION).await.1));
    app.restart().await;
    // The sandbox knows no such token, so it can only come from the store.
    assert_eq!(refusals(&ada.ask(QUESTION).await.1), [Refusal::SignInAgain]);
    app.finish().await;
}
