//! Access that people ask for and administrators grant for a limited time.

use crate::ledger::actor;
use crate::world::browser::{Answer, Browser};
use crate::world::frames::{denied, refusals, said};
use crate::world::{Custom, TestApp};
use agent::Actor;
use agent::access::{AccessRequest, GrantDuration};
use agent::actor::Evidence;
use agent::ports::{Clock, Millis, PastEntry, Verdict};
use app::pages::permissions::data::{AbilityState, Expectation, PermissionsBackend, PermissionsPage, RequestState};
use app::wire::Event;
use countersign::wiring::{PermissionClock, ServerLimits};
use edge::backend::permissions::CallerPermissions;
use edge::zone::Zone;
use sandbox::cloud::faults::{Fault, Times};
use std::sync::atomic::{AtomicI64, Ordering};
use system::SystemClock;

const GROUPS: &str = "What are my Okta groups?";

/// The system's clock, which a test moves.
struct Moved(AtomicI64);

impl Clock for Moved {
    fn now(&self) -> Millis {
        SystemClock.now() + self.0.load(Ordering::Relaxed)
    }
}

impl Moved {
    fn advance(&self, millis: Millis) {
        self.0.fetch_add(millis, Ordering::Relaxed);
    }
}

async fn start() -> (TestApp, &'static Moved) {
    start_with(Custom::default()).await
}

/// Starts a server whose grants end by the returned clock.
async fn start_with(custom: Custom) -> (TestApp, &'static Moved) {
    let clock: &'static Moved = Box::leak(Box::new(Moved(AtomicI64::new(0))));
    let bounds = ServerLimits { permission_clock: PermissionClock(clock), ..custom.bounds };
    (TestApp::with(Custom { bounds, ..custom }).await, clock)
}

/// Returns the backend of a person for the pages about permissions.
fn backend(app: &TestApp, subject: &str, name: &str) -> CallerPermissions {
    let named = Evidence { name: name.to_owned(), ..actor(app, subject).evidence().clone() };
    CallerPermissions::new(app.services().clone(), Actor::attest(named), Zone::UTC)
}

/// Returns the conversation and the call in which Eve was refused her groups.
async fn refused(eve: &Browser) -> (String, String) {
    let (conversation, events) = eve.ask(GROUPS).await;
    assert_eq!(refusals(&events), [denied()]);
    let call = events.iter().find_map(|event| match event {
        Event::CallRefused { call, .. } => Some(call.clone()),
        _ => None,
    });
    (conversation, call.unwrap())
}

/// Asks for access by the form on the refusal's card.
async fn ask(eve: &Browser, conversation: &str, call: &str, duration: &str) -> Answer {
    let fields =
        [("conversation", conversation), ("call", call), ("reason", "The audit is due."), ("duration", duration)];
    eve.submit("/", "/access/ask", &fields).await
}

async fn requests(app: &TestApp, subject: &str) -> Vec<AccessRequest> {
    app.services().access.own(&actor(app, subject)).await.unwrap()
}

async fn press(browser: &Browser, id: &str, action: &str, fields: &[(&str, &str)]) -> u16 {
    browser.submit("/", &format!("/access/{id}/{action}"), fields).await.status
}

fn is(answer: &Answer, status: u16, words: &str) {
    assert_eq!(answer.status, status, "{}", answer.body);
    assert!(answer.body.contains(words), "{words}: {}", answer.body);
}

#[tokio::test]
async fn eve_asks_ada_grants_for_an_hour_and_the_turn_goes_on_by_itself() {
    // By the application's own account, so that FGA alone limits Eve.
    let (app, clock) = start_with(Custom::application()).await;
    let (eve, ada) = (app.signed_in("eve").await, app.signed_in("ada").await);
    let (conversation, call) = refused(&eve).await;
    let asked = ask(&eve, &conversation, &call, "8h").await;
    assert_eq!((asked.status, asked.header("location")), (303, format!("/c/{conversation}").as_str()));
    is(&ask(&eve, &conversation, &call, "8h").await, 409, "You have already asked for this.");

    let waiting = backend(&app, "auth0|ada", "Ada Byron").requests_to_answer().await.unwrap();
    let [request] = &waiting[..] else { panic!("{waiting:?}") };
    assert_eq!((request.name.as_str(), request.reason.as_str()), ("Eve Dorn", "The audit is due."));
    assert_eq!(request.durations.iter().map(|own| own.value).collect::<Vec<_>>(), ["1h", "8h"]);
    let why = [
        "Eve Dorn needs read_okta on okta:groups.",
        "Members of group:everyone have read_okta on okta:groups.",
        "Whoever has manage_okta on okta:groups has read_okta on okta:groups too.",
    ];
    assert_eq!(request.why, why);

    let shown = eve.load(Some(&conversation)).await.unwrap().talk.frames.len() as u64;
    let mut watch = eve.watch(&conversation, shown).await;
    for _ in 0..2 {
        assert_eq!(press(&ada, &request.id, "grant", &[("duration", "1h")]).await, 303, "also when pressed twice");
    }
    let events = watch.turn().await;
    assert!(matches!(&events[0], Event::UserSaid { text, .. } if text == GROUPS), "her own words: {events:?}");
    assert!(refusals(&events).is_empty() && said(&events).contains("Contractors"), "{events:?}");
    let frames = eve.load(Some(&conversation)).await.unwrap().talk.frames;
    assert_eq!(frames.len() as u64, shown + events.len() as u64, "once");

    let events = eve.ask_on(&conversation, GROUPS).await;
    assert!(refusals(&events).is_empty());
    clock.advance(GrantDuration::Hour.millis());
    let events = eve.ask_on(&conversation, GROUPS).await;
    assert_eq!(refusals(&events), [denied()], "the hour is over");
    let page = backend(&app, "auth0|eve", "Eve Dorn").permissions().await.unwrap();
    assert!(matches!(page.requests[0].state, RequestState::Ended { .. }));
    assert!(why_not(&page, "okta_groups").contains(&"It was granted for a limited time, which is over.".to_owned()));
    app.finish().await;
}

fn why_not(page: &PermissionsPage, tool: &str) -> Vec<String> {
    match &page.abilities.iter().find(|own| own.tool == tool).unwrap().state {
        AbilityState::NotPermitted(missing) => missing.why.clone(),
        other => panic!("{tool}: {other:?}"),
    }
}

#[tokio::test]
async fn a_request_is_answered_only_by_those_who_may_and_only_once() {
    let (app, _) = start().await;
    let (eve, ada, bob) = (app.signed_in("eve").await, app.signed_in("ada").await, app.signed_in("bob").await);
    let (conversation, call) = refused(&eve).await;
    assert_eq!(ask(&eve, &conversation, &call, "7d").await.status, 303);
    let id = requests(&app, "auth0|eve").await[0].id.to_string();
    let hour = [("duration", "1h")];
    for (who, browser, expected) in [("Bob", &bob, 404), ("Eve", &eve, 403)] {
        assert_eq!(press(browser, &id, "grant", &hour).await, expected, "{who}");
        assert_eq!(press(browser, &id, "decline", &[("reason", "No.")]).await, expected, "{who}");
    }
    assert_eq!(press(&bob, &id, "revoke", &[]).await, 404);
    assert_eq!(press(&bob, &id, "withdraw", &[]).await, 404);
    assert_eq!(press(&ada, &id, "grant", &[("duration", "9d")]).await, 422);
    assert_eq!(press(&ada, &id, "decline", &[]).await, 422, "a denial needs a reason");
    assert_eq!(press(&ada, &id, "decline", &[("reason", "Ask your manager.")]).await, 303);
    assert_eq!(press(&ada, &id, "grant", &hour).await, 409);
    assert_eq!(press(&eve, &id, "withdraw", &[]).await, 409);
    let page = backend(&app, "auth0|eve", "Eve Dorn").permissions().await.unwrap();
    let RequestState::Declined { by, reason } = &page.requests[0].state else { panic!("{:?}", page.requests) };
    assert_eq!((by.as_str(), reason.as_str()), ("Ada Byron", "Ask your manager."));

    assert_eq!(ask(&eve, &conversation, &call, "1h").await.status, 303, "she may ask again");
    let id = requests(&app, "auth0|eve").await[1].id.to_string();
    assert_eq!(press(&eve, &id, "withdraw", &[]).await, 303);
    assert_eq!(press(&ada, &id, "grant", &hour).await, 409);
    let events = eve.ask_on(&conversation, GROUPS).await;
    assert_eq!(refusals(&events), [denied()], "nothing was granted");
    app.finish().await;
}

#[tokio::test]
async fn a_form_cannot_ask_for_what_no_tool_and_no_refusal_names() {
    let (app, _) = start().await;
    let (eve, bob) = (app.signed_in("eve").await, app.signed_in("bob").await);
    let (conversation, call) = refused(&eve).await;
    let nobody = "Nobody can grant this in Countersign.";
    for (who, fields) in [
        ("no such tool", &[("tool", "okta_everything"), ("duration", "1h")][..]),
        (
            "a tool and a call",
            &[("tool", "okta_groups"), ("conversation", &conversation), ("call", &call), ("duration", "1h")],
        ),
        ("nothing", &[("duration", "1h")]),
        ("no such call", &[("conversation", &conversation), ("call", "call-9-9"), ("duration", "1h")]),
        ("no id", &[("conversation", "../x"), ("call", &call), ("duration", "1h")]),
        ("a relation of one's own", &[("relation", "admin"), ("object", "okta:users"), ("duration", "1h")]),
    ] {
        is(&eve.submit("/", "/access/ask", fields).await, 422, nobody);
        assert!(requests(&app, "auth0|eve").await.is_empty(), "{who}");
    }
    let foreign = [("conversation", conversation.as_str()), ("call", &call), ("duration", "1h")];
    is(&bob.submit("/", "/access/ask", &foreign).await, 422, nobody);
    is(&eve.submit("/", "/access/ask", &[("tool", "okta_groups"), ("duration", "1y")]).await, 422, "Choose one hour");
    let long = "x".repeat(501);
    let fields = [("tool", "okta_groups"), ("reason", long.as_str()), ("duration", "1h")];
    is(&eve.submit("/", "/access/ask", &fields).await, 422, "at most 500 characters");
    // Nobody administers this tool any more, which reads like a tool that does not exist.
    app.revoke("user:auth0|ada", "admin", "tool:tasks/get_tasks").await;
    let tasks = [("tool", "tasks___get_tasks"), ("duration", "1h")];
    is(&eve.submit("/", "/access/ask", &tasks).await, 422, nobody);
    is(
        &bob.submit("/", "/access/ask", &[("tool", "okta_groups"), ("duration", "1h")]).await,
        409,
        "You already have this access.",
    );
    app.finish().await;
}

#[tokio::test]
async fn a_revoked_grant_ends_at_once_and_the_preview_said_so() {
    let (app, _) = start().await;
    let (eve, ada) = (app.signed_in("eve").await, app.signed_in("ada").await);
    for tool in ["okta_groups", "weather"] {
        assert_eq!(eve.submit("/", "/access/ask", &[("tool", tool), ("duration", "8h")]).await.status, 303, "{tool}");
    }
    let own = requests(&app, "auth0|eve").await;
    for request in &own {
        assert_eq!(press(&ada, &request.id.to_string(), "grant", &[("duration", "8h")]).await, 303);
    }
    let groups = own[0].id.to_string();
    let (adas, eves) = (backend(&app, "auth0|ada", "Ada Byron"), backend(&app, "auth0|eve", "Eve Dorn"));
    let preview = adas.revocation_preview(groups.clone()).await.unwrap();
    assert_eq!(preview.before, ["can_call on tool:countersign/weather", "read_okta on okta:groups"]);
    assert_eq!(preview.after, ["can_call on tool:countersign/weather"]);
    assert_eq!(preview.lost, ["okta_groups"]);
    assert_eq!(eves.revocation_preview(groups.clone()).await.unwrap(), preview, "her own grant");
    assert!(backend(&app, "auth0|bob", "Bob").revocation_preview(groups.clone()).await.is_err());

    let path = format!("/access/{groups}/revoke");
    for (who, browser, list) in [("the administrator", &ada, "/inbox"), ("its holder", &eve, "/permissions")] {
        assert!(browser.visit(list).await.body.contains(&format!("href=\"{path}\"")), "{who}");
        let page = browser.visit(&path).await;
        assert_eq!(page.status, 200, "{who}: {}", page.body);
        for words in
            ["<code>okta_groups</code>", "2 permissions before, 1 after", "read_okta on okta:groups", "Removed"]
        {
            assert!(page.body.contains(words), "{who}: {words}: {}", page.body);
        }
    }
    let bob = app.signed_in("bob").await;
    for path in [&path, "/access/0123456789ABCDEFGHJKMNPQRS/revoke", "/access/x/revoke"] {
        assert_eq!(bob.visit(path).await.status, 404, "nothing is told to others");
    }
    let bobs = app.services().audit.entries_of(&actor(&app, "auth0|bob"), 0..Millis::MAX, 50).await.unwrap();
    assert!(bobs.iter().all(|entry| !entry.tool.0.starts_with("access_")), "a page records nothing: {bobs:?}");
    assert_eq!(press(&ada, &groups, "revoke", &[]).await, 303);
    assert_eq!(ada.visit(&path).await.status, 404, "there is nothing to take back any more");
    let (_, events) = eve.ask(GROUPS).await;
    assert_eq!(refusals(&events), [denied()]);
    assert_eq!(press(&ada, &groups, "revoke", &[]).await, 409);
    assert_eq!(press(&eve, &own[1].id.to_string(), "revoke", &[]).await, 303, "people may give a grant back");
    let entries = app.services().audit.entries_of(&actor(&app, "auth0|ada"), 0..Millis::MAX, 50).await.unwrap();
    let told = |entry: &PastEntry| (entry.tool.0.clone(), entry.verdict == Verdict::Allowed);
    let told: Vec<_> = entries.iter().filter(|entry| entry.tool.0.starts_with("access_")).map(told).collect();
    let expected = ["access_revoke", "access_grant", "access_grant"].map(|tool| (tool.to_owned(), true));
    assert_eq!(told, expected, "newest first");
    assert!(entries[0].intent.starts_with("Revoke read_okta on okta:groups of Eve Dorn"), "{}", entries[0].intent);
    app.finish().await;
}

#[tokio::test]
async fn the_overview_says_what_each_person_may_do_and_suggests_only_that() {
    let (app, _) = start().await;
    let (eve, ada) = (backend(&app, "auth0|eve", "Eve Dorn"), backend(&app, "auth0|ada", "Ada Byron"));
    let (_eve, _ada) = (app.signed_in("eve").await, app.signed_in("ada").await);
    let page = eve.permissions().await.unwrap();
    let missing = page.abilities.iter().find_map(|own| match &own.state {
        AbilityState::NotPermitted(missing) if own.tool == "okta_groups" => Some(missing),
        _ => None,
    });
    let missing = missing.unwrap();
    assert_eq!((missing.relation.as_str(), missing.object.as_str()), ("read_okta", "okta:groups"));
    assert_eq!((&missing.administrators[..], missing.can_ask), (&["auth0|ada".to_owned()][..], true));
    assert!(eve.suggestions().await.is_empty(), "she may do nothing yet");

    let abilities = ada.permissions().await.unwrap().abilities;
    let state = |tool: &str| abilities.iter().find(|own| own.tool == tool).map(|own| own.state.clone()).unwrap();
    assert_eq!(state("okta_reset_password"), AbilityState::NeedsConfirmation);
    assert_eq!(state("okta_groups"), AbilityState::Works);
    let account = AbilityState::NeedsAccount { provider: "github".to_owned(), name: "GitHub".to_owned() };
    assert_eq!(state("github_repositories"), account);
    let suggested = ada.suggestions().await;
    assert_eq!(suggested.len(), 4, "{suggested:?}");
    assert_eq!(suggested.iter().filter(|own| own.system == "Okta").count(), 1, "one of each system first");

    app.sandbox.faults().set("fga", Some(Fault::Refuse), Times::Always);
    let suggested = ada.suggestions().await;
    assert!(!suggested.is_empty() && suggested.iter().all(|own| own.expect == Expectation::Unknown), "{suggested:?}");
    assert!(suggested.iter().all(|own| !own.text.starts_with("Reset")), "only reading: {suggested:?}");
    let unknown = ada.permissions().await.unwrap();
    assert!(unknown.abilities.iter().all(|own| own.state == AbilityState::Unknown), "{unknown:?}");
    app.sandbox.faults().clear();
    app.finish().await;
}

#[tokio::test]
async fn a_grant_that_fga_did_not_confirm_is_written_once_when_tried_again() {
    let (app, _) = start().await;
    let (eve, ada) = (app.signed_in("eve").await, app.signed_in("ada").await);
    assert_eq!(eve.submit("/", "/access/ask", &[("tool", "okta_groups"), ("duration", "1h")]).await.status, 303);
    let id = requests(&app, "auth0|eve").await[0].id.to_string();
    // The answer to the write is lost, and the tuple is written all the same.
    app.sandbox.faults().set_matching("fga", "/write", Fault::Lost, Times::Next(1));
    assert_eq!(press(&ada, &id, "grant", &[("duration", "1h")]).await, 503);
    assert_eq!(press(&ada, &id, "grant", &[("duration", "1h")]).await, 303);
    let tuples = app.sandbox.fga().tuples(app.sandbox.variable("FGA_STORE_ID").unwrap());
    assert_eq!(tuples.iter().filter(|tuple| tuple.condition.is_some()).count(), 1);
    let (_, events) = eve.ask(GROUPS).await;
    assert!(refusals(&events).is_empty());
    app.finish().await;
}

/// A rule above a grant: Eve holds the permission, and the call is refused nevertheless.
#[tokio::test]
async fn a_call_that_is_refused_in_spite_of_a_grant_does_not_lead_in_a_circle() {
    let (app, _) = start().await;
    let (eve, ada) = (app.signed_in("eve").await, app.signed_in("ada").await);
    let (conversation, call) = refused(&eve).await;
    assert_eq!(ask(&eve, &conversation, &call, "8h").await.status, 303);
    let id = requests(&app, "auth0|eve").await[0].id.to_string();
    assert_eq!(press(&ada, &id, "grant", &[("duration", "8h")]).await, 303);
    // Without the tuple the guard refuses, as a bar would make it; with it, FGA says that she holds the permission.
    app.revoke("user:auth0|eve", "read_okta", "okta:groups").await;
    let (conversation, call) = refused(&eve).await;
    app.grant("user:auth0|eve", "read_okta", "okta:groups").await;
    is(&ask(&eve, &conversation, &call, "1h").await, 409, "another rule of your company excludes you");
    app.finish().await;
}
