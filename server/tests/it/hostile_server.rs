//! A hostile MCP server in real turns: its texts change nothing without an approval, its responses are bounded, and an
//! operator must accept its changes.

mod strikes;

use crate::approvals::until_it_rings;
use crate::fail_closed::seen;
use crate::world::browser::Browser;
use crate::world::frames::{began, end, refusals};
use crate::world::{Custom, TestApp, mcp};
use app::wire::{Event, Refusal, TurnEnd};
use sandbox::Sandbox;
use sandbox::bedrock::{Block, Mischief};
use sandbox::cloud::{Fault, Times};
use sandbox::identity::{Answer, PushState};
use sandbox::mcp::Hostile;
use sandbox::mcp::hostile::{Strikes, offers};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt::Write;
use strikes::{Blow, Strike};
use tokio::net::TcpListener;

/// Starts a hostile server and returns it with its URL.
async fn hostile() -> (Hostile, String) {
    let (hostile, listener) = (Hostile::default(), TcpListener::bind("127.0.0.1:0").await.unwrap());
    let url = format!("http://{}/mcp", listener.local_addr().unwrap());
    let router = hostile.router();
    tokio::spawn(async move { axum::serve(listener, router).await });
    (hostile, url)
}

/// Starts an app with this one MCP server and additional settings for it; Ada may call its tool `weather`.
async fn house(url: &str, more: &'static str) -> (TestApp, Browser) {
    let url = url.to_owned();
    let file = move |sandbox: &Sandbox| format!("{}{more}", mcp::server(sandbox, "hostile", &url));
    // Disables our own `weather` tool: a name conflict is not the subject of these tests.
    let env = vec![("OPEN_METEO_URL", String::new())];
    let app = TestApp::with(Custom { env, mcp: Box::new(file), ..Custom::default() }).await;
    app.grant("user:auth0|ada", "can_call", "tool:hostile/weather").await;
    let ada = app.signed_in("ada").await;
    (app, ada)
}

const TABLE: &str = include_str!("hostile_server.md");

const HEAD: &str = "\
# The effects of what a hostile MCP server does

Written by `server/tests/it/hostile_server.rs`. The test also checks that each turn ends, that no prompt is longer than 64 KiB,
and that no request, and so no token, goes to another server.

| strike | what the person saw | how it ended, in the ledger | bytes of its tools that the model saw | bytes of the answer that the model saw | calls that reached the server |
| --- | --- | --- | --- | --- | --- |
";

const READ: &str = "[servers.hostile.tools.weather]\nrisk = \"read\"\n";

/// Lets the model propose `weather` as its next answer.
async fn weather(app: &TestApp, person: &Browser) -> Vec<Event> {
    propose(app, person, "weather").await
}

async fn propose(app: &TestApp, person: &Browser, tool: &str) -> Vec<Event> {
    let call = Block::call(format!("hostile___{tool}"), json!({"place": "Rome"}));
    app.sandbox.bedrock().next(Mischief::Say(vec![call]));
    person.ask("What is it like in Rome?").await.1
}

/// Returns names and descriptions of the tools in the last request to the model.
fn offered(app: &TestApp) -> BTreeMap<String, String> {
    let last = app.sandbox.bedrock().requests().pop().unwrap().body;
    let tools = last["toolConfig"]["tools"].as_array().unwrap().iter().map(|tool| &tool["toolSpec"]);
    let text = |tool: &Value, name: &str| tool[name].as_str().unwrap().to_owned();
    let all: Vec<_> = tools.map(|tool| (text(tool, "name"), text(tool, "description"))).collect();
    let named: BTreeMap<_, _> = all.iter().cloned().collect();
    assert_eq!(named.len(), all.len(), "each name appears once: {all:?}");
    named
}

fn calls(hostile: &Hostile) -> usize {
    hostile.requests().iter().filter(|request| request.method.as_deref() == Some("tools/call")).count()
}

/// Lets the model propose a change that needs approval, and approves it.
async fn change(app: &TestApp, person: &Browser) -> Vec<Event> {
    app.sandbox.bedrock().next(Mischief::Say(vec![Block::call("hostile___change", json!({"place": "Rome"}))]));
    let posted = person.begin("Change it.").await.unwrap();
    let mut watch = person.watch(&posted.conversation, 0).await;
    until_it_rings(&mut watch).await;
    app.answer(Answer::Approve);
    watch.turn().await
}

/// Describes what a person sees of the turn.
fn person(events: &[Event]) -> String {
    match &refusals(events)[..] {
        [Refusal::BadInput { reason }] => format!("refused: “{reason}”"),
        [Refusal::Denied { relation, object }] => format!("refused: {relation} on {object} is missing"),
        _ => seen::outcome(events),
    }
}

/// Returns the size of the hostile server's tool definitions in a request to the model.
fn offered_bytes(prompt: &Value) -> usize {
    let tools = prompt["toolConfig"]["tools"].as_array().unwrap().iter().map(|tool| &tool["toolSpec"]);
    let theirs = tools.filter(|tool| tool["name"].as_str().unwrap().starts_with("hostile___"));
    theirs.map(|tool| tool.to_string().len()).sum()
}

/// Returns the size of the call's result in a request to the model.
fn answered_bytes(prompt: &Value) -> usize {
    let messages = prompt["messages"].as_array().unwrap().iter();
    let blocks = messages.flat_map(|message| message["content"].as_array().unwrap());
    blocks.filter_map(|block| block.get("toolResult")).map(|result| result["content"].to_string().len()).sum()
}

#[tokio::test]
async fn a_changed_tool_is_offered_again_after_an_operator_accepts_the_change() {
    let (hostile, url) = hostile().await;
    let (mut app, ada) = house(&url, READ).await;
    let bob = app.signed_in("bob").await;
    assert!(began(&weather(&app, &ada).await));
    let page = ada.visit("/tools").await;
    for words in ["hostile___weather", "can_call", "tool:hostile/weather", "the permission is enough", "Answers"] {
        assert!(page.status == 200 && page.body.contains(words), "{words}: {}", page.body);
    }
    assert!(!page.body.contains("Accept this change") && !page.body.contains("<script>"), "{}", page.body);
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
    // The tool changes again while the operator reads: the server accepts exactly the version that was shown, or none.
    hostile.offer(offers::reshaped());
    let again = ada.visit("/tools").await;
    assert!(again.body.contains("Paste an access token."), "{}", again.body);
    assert_eq!(accept(&ada, &digest).await.status, 409);
    assert!(
        matches!(refusals(&weather(&app, &ada).await)[..], [Refusal::BadInput { .. }]),
        "the tool is still missing"
    );
    hostile.offer(offers::redescribed());
    let digest = ada.visit("/tools").await.between("name=\"digest\" value=\"", "\"").to_owned();
    assert_eq!(calls(&hostile), before, "nobody called it meanwhile");
    assert_eq!(accept(&ada, &digest).await.location().path(), "/tools");
    assert!(began(&weather(&app, &ada).await), "offered at once");
    let page = ada.visit("/tools").await;
    assert!(page.body.contains("Accepted by") && !page.body.contains("changed, not offered"), "{}", page.body);
    // The ledger records who accepted what and who was not permitted to, newest first.
    for (who, expected) in [(&ada, vec!["Done", "Not done", "Not done"]), (&bob, vec!["Not permitted"])] {
        let activity = who.visit("/activity").await;
        let cards = activity.all("<tr class=\"entry\"", "</tr>");
        let cards = cards.filter(|card| card.contains("Accept the changed tool weather of the MCP server hostile"));
        let states: Vec<_> =
            cards.map(|card| card.split_once("class=\"tag").unwrap().1.split(['<', '>']).nth(1).unwrap()).collect();
        assert_eq!(states, expected, "{}", activity.body);
        assert!(activity.body.contains("done on a page"), "{}", activity.body);
    }
    app.sandbox.faults().set_matching("dynamodb", "TransactWriteItems", Fault::Refuse, Times::Always);
    hostile.offer(offers::reshaped());
    let digest = ada.visit("/tools").await.between("name=\"digest\" value=\"", "\"").to_owned();
    assert_eq!(accept(&ada, &digest).await.status, 503, "an action that cannot be recorded is not done");
    app.sandbox.faults().clear();
    assert!(ada.visit("/tools").await.body.contains("changed, not offered"));
    hostile.offer(offers::redescribed());
    app.revoke("user:auth0|ada", "operator", "tenant:default").await;
    assert_eq!(ada.visit("/tools").await.status, 403);
    app.sandbox.faults().set("fga", Some(Fault::Refuse), Times::Always);
    assert_eq!(
        (ada.visit("/tools").await.status, accept(&ada, &digest).await.status),
        (503, 503),
        "a missing answer does not accept anything"
    );
    app.finish().await;
}

#[tokio::test]
async fn an_operator_sees_omitted_tools_and_the_names_of_tools_at_their_server() {
    let (hostile, url) = hostile().await;
    let (app, ada) = house(&url, "[servers.hostile.limits]\ntools = 2\n").await;
    hostile.offer(["wind", "weather", "groups.list"].map(|own| offers::tool(own, "One.", offers::place())).into());
    let page = ada.visit("/tools").await;
    for words in [
        "1 more than the limit of 2 tools, left out: wind.",
        "hostile___groups_list_",
        "<dt>At the server</dt><dd>groups.list</dd>",
        "tool:hostile/groups.list",
    ] {
        assert!(page.body.contains(words), "{words}: {}", page.body);
    }
    assert_eq!(page.body.matches("At the server").count(), 1, "no other has an alias");
    app.finish().await;
}

/// Whatever a description says, and whatever the model does because of it: no change happens without an approval.
#[tokio::test]
async fn attack_44_a_poisoned_description_causes_nothing_without_an_approval() {
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
        let marked = description.starts_with("A tool of the MCP server hostile, which describes it so (a description,");
        assert!(marked && (description.is_ascii() || description.contains('\u{2026}')), "{name}: {description}");
        assert!(description.chars().count() < 800, "{name}: {description}");
    }
    app.finish().await;
}

#[tokio::test]
async fn attack_45_an_mcp_tool_takes_no_name_of_ours() {
    let (hostile, url) = hostile().await;
    hostile.offer([offers::confusable(), vec![offers::tool("harmless", "One.", offers::place())]].concat());
    let (app, ada) = house(&url, "").await;
    ada.ask("Hello").await;
    let offered = offered(&app);
    assert!(offered["okta_groups"].contains("Okta") && !offered["okta_groups"].contains("MCP server"));
    let theirs: Vec<_> = offered.keys().filter(|name| name.starts_with("hostile___")).collect();
    assert_eq!(theirs, ["hostile___harmless"]);
    let page = ada.visit("/tools").await;
    assert!(page.body.contains("the name looks like okta_groups"), "{}", page.body);
    app.finish().await;
}

/// Each strike and its result. The file `hostile_server.md` holds the results; when they change, this test fails and
/// names the file with the new table.
#[tokio::test]
async fn attack_44_46_and_49_a_hostile_server_is_bounded_and_cannot_redirect_the_token() {
    let ((hostile, url), (elsewhere, other)) = (hostile().await, hostile().await);
    let (mut app, ada) = house(
        &url,
        concat!("[servers.hostile.tools.weather]\nrisk = \"read\"\n", "[servers.hostile.limits]\nseconds = 3\n"),
    )
    .await;
    app.grant("user:auth0|ada", "can_call", "tool:hostile/change").await;
    hostile.offer(strikes::honest());
    let mut table = HEAD.to_owned();
    for Strike { name, blow } in strikes::all(&other) {
        let before = calls(&hostile);
        let events = match blow {
            Blow::Looks(what, reply) => {
                hostile.reply(what, reply);
                weather(&app, &ada).await
            }
            Blow::Changes(reply) => {
                hostile.reply(Strikes::Calls, reply);
                change(&app, &ada).await
            }
            Blow::Offers(tools, called) => {
                hostile.repent();
                hostile.offer(tools);
                app.restart().await;
                match called {
                    Some(called) => propose(&app, &ada, called).await,
                    None => ada.ask("What are my Okta groups?").await.1,
                }
            }
        };
        assert!(end(&events) == TurnEnd::Done && elsewhere.requests().is_empty(), "{name}: {events:?}");
        let prompt = app.sandbox.bedrock().requests().pop().unwrap().body;
        assert!(prompt.to_string().len() < 64 * 1024, "{name}: {} bytes went to the model", prompt.to_string().len());
        let (offered, answered, called) = (offered_bytes(&prompt), answered_bytes(&prompt), calls(&hostile) - before);
        let activity = ada.visit("/activity").await;
        let ledger = if began(&events) {
            activity.between("class=\"tag", "</span>").split_once('>').map_or("", |(_, word)| word)
        } else {
            "–"
        };
        // Escaped, so that the table's viewer shows text and not a tag.
        let seen = person(&events).replace('<', "\\<");
        writeln!(table, "| {name} | {seen} | {ledger} | {offered} | {answered} | {called} |").unwrap();
    }
    app.finish().await;
    crate::tables::compare("hostile_server.md", &table, TABLE);
}

/// The server restarts while the approval is pending; meanwhile the tool changes or stays the same.
#[tokio::test]
async fn attack_44_an_approval_survives_a_restart_only_for_its_own_tool() {
    for (offer, called) in [(offers::plain(), 1), (offers::redescribed(), 0), (offers::rehinted(), 0)] {
        let (hostile, url) = hostile().await;
        let (mut app, ada) = house(&url, "").await;
        app.sandbox.bedrock().next(Mischief::Say(vec![Block::call("hostile___weather", json!({"place": "Rome"}))]));
        let posted = ada.begin("What is it like in Rome?").await.unwrap();
        until_it_rings(&mut ada.watch(&posted.conversation, 0).await).await;
        hostile.offer(offer.clone());
        app.restart().await;
        app.answer(Answer::Approve);
        let events = ada.watch(&posted.conversation, 0).await.turn().await;
        assert_eq!((calls(&hostile), end(&events)), (called, TurnEnd::Done), "{offer:?}: {events:?}");
        app.finish().await;
    }
}
