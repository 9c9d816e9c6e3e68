//! A person who wants something while a service fails, and again after it has recovered.

mod github;

use super::faults::Way;
use super::rows::{Act, Row};
use super::seen::{failure, not_now, outcome};
use crate::world::browser::{Answer as Page, Browser};
use crate::world::chat::Failure;
use crate::world::frames::{Watch, began, end, refusals};
use crate::world::{TestApp, aws};
use app::wire::{Event, Frame, NotApproved, Refusal, TurnEnd};
use countersign::wiring::wire;
use sandbox::identity::{Answer, PushState};

const GROUPS: &str = "What are my Okta groups?";
const TASKS: &str = "List all my assigned tasks";
const RESET: &str = "Reset the password of eve@acme.example";

/// Returns `true` if a call succeeded.
fn done(events: &[Event]) -> bool {
    events.iter().any(|event| matches!(event, Event::CallDone { .. }))
}

/// Acts and returns what the person saw. Panics if the act does not end, does not fail closed, or does not work
/// afterwards.
pub(crate) async fn act(app: &mut TestApp, row: &Row, way: &Way, who: &str) -> String {
    let state = match row.act {
        Act::Start => start(app, row, way).await,
        Act::SignIn => sign_in(app, row, way, who).await,
        Act::ComeBack => come_back(app, row, way, who).await,
        Act::Open => open(app, row, way, who).await,
        Act::Say => say(app, row, way, who).await,
        Act::Read => read(app, row, way).await,
        Act::Tasks => tasks(app, row, way).await,
        Act::Repositories => github::repositories(app, row, way, who).await,
        Act::Connect => github::connect(app, row, way, who).await,
        Act::Renew => github::renew(app, row, way, who).await,
        Act::Ask => ask(app, row, way, who).await,
        Act::Approve => approve(app, row, way, who).await,
    };
    let settled = matches!(state.as_str(), "done" | "outcome unknown");
    assert!(settled || state.contains(row.named), "{}, {}: {state}", row.service, way.name);
    state
}

async fn start(app: &TestApp, row: &Row, way: &Way) -> String {
    row.fail(app, way);
    let start = async || wire(&app.config, &aws(&app.sandbox).await, app.bounds.clone()).await;
    let error = start().await.expect_err("the server must not start without its secrets").to_string();
    app.sandbox.faults().clear();
    assert!(start().await.is_ok(), "the server starts later");
    // The rest of the error is the SDK's, for the log.
    let end = error.find(row.named).map_or(error.len(), |at| at + row.named.len());
    format!("no start: “{}”", &error[..end])
}

async fn sign_in(app: &TestApp, row: &Row, way: &Way, who: &str) -> String {
    row.fail(app, way);
    let browser = app.browser();
    let seen = trouble(&browser.visit("/auth/login").await, row);
    app.sandbox.faults().clear();
    assert_eq!(browser.sign_in(who).await.status, 200);
    seen
}

async fn come_back(app: &TestApp, row: &Row, way: &Way, who: &str) -> String {
    let browser = app.browser();
    let callback = browser.callback(who, "/auth/login").await;
    row.fail(app, way);
    let seen = trouble(&browser.visit(callback.as_str()).await, row);
    assert_eq!(browser.load(None).await.unwrap_err().status, 401, "nobody is signed in");
    app.sandbox.faults().clear();
    assert_eq!(browser.sign_in(who).await.status, 200);
    seen
}

async fn open(app: &TestApp, row: &Row, way: &Way, who: &str) -> String {
    let person = app.signed_in(who).await;
    row.fail(app, way);
    let seen = trouble(&person.visit("/").await, row);
    app.sandbox.faults().clear();
    assert!(person.load(None).await.is_ok(), "the person is still signed in");
    seen
}

async fn say(app: &TestApp, row: &Row, way: &Way, who: &str) -> String {
    let person = app.signed_in(who).await;
    row.fail(app, way);
    let seen = failure(&person.begin(GROUPS).await.unwrap_err());
    app.sandbox.faults().clear();
    assert_eq!(end(&person.ask(GROUPS).await.1), TurnEnd::Done);
    seen
}

async fn read(app: &TestApp, row: &Row, way: &Way) -> String {
    let person = app.signed_in("ada").await;
    if row.service == "token endpoint, for OpenFGA" {
        // The token that the first page needed is no longer accepted, so another one is needed.
        for _ in 0..2 {
            app.sandbox.provider().rotate_keys().unwrap();
        }
    }
    row.fail(app, way);
    let (conversation, events) = person.ask(GROUPS).await;
    assert!(!done(&events), "the call is not done: {events:?}");
    app.sandbox.faults().clear();
    let again = person.ask_on(&conversation, GROUPS).await;
    assert!(done(&again), "asked again: {again:?}");
    outcome(&events)
}

async fn tasks(app: &mut TestApp, row: &Row, way: &Way) -> String {
    let person = app.signed_in("ada").await;
    if app.sandbox.tasks().requests().is_empty() {
        // A server's tools are offered only after they have been listed once.
        assert!(done(&person.ask(TASKS).await.1));
        app.restart().await;
    }
    row.fail(app, way);
    let (conversation, events) = person.ask(TASKS).await;
    assert!(!done(&events), "the call is not done: {events:?}");
    app.sandbox.faults().clear();
    let again = person.ask_on(&conversation, TASKS).await;
    assert!(done(&again), "asked again: {again:?}");
    outcome(&events)
}

async fn ask(app: &mut TestApp, row: &Row, way: &Way, who: &str) -> String {
    let person = app.signed_in(who).await;
    app.restart().await;
    let before = effects(app);
    row.fail(app, way);
    let (conversation, events) = person.ask(RESET).await;
    assert!(!began(&events), "{events:?}");
    assert_eq!(effects(app), before);
    app.sandbox.faults().clear();
    again(app, &person, &conversation, before + 1).await;
    outcome(&events)
}

async fn approve(app: &mut TestApp, row: &Row, way: &Way, who: &str) -> String {
    let person = app.signed_in(who).await;
    let posted = person.begin(RESET).await.unwrap();
    let mut watch = person.watch(&posted.conversation, 0).await;
    let mut seen = watch.events_until(|event| matches!(event, Event::ApprovalPut { .. })).await.len() as u64;
    let before = effects(app);
    row.fail(app, way);
    yes(app);
    let state = loop {
        match watch.next().await.expect("the page receives the error") {
            Frame::Event { event: event @ Event::TurnEnded { .. }, .. } => break outcome(&[event]),
            Frame::Event { event, .. } => {
                seen += 1;
                if let Some(state) = super::seen::call(&event) {
                    finish(&mut watch).await;
                    break state;
                }
            }
            Frame::Fault { error } => {
                assert_eq!(effects(app), before);
                app.sandbox.faults().clear();
                // The turn continues by itself. If its approval was fetched but not stored, it is lost, and nothing is
                // done.
                let events = later(&person, &posted.conversation, seen).await;
                let done = effects(app) - before;
                let lost = refusals(&events) == [Refusal::NotApproved { why: NotApproved::Lost }];
                assert!(if lost { done == 0 } else { done == 1 && outcome(&events) == "done" }, "{done}: {events:?}");
                again(app, &person, &posted.conversation, before + done + 1).await;
                return failure(&Failure { status: 503, error }) + ", and the turn resumes later";
            }
            _ => {}
        }
    };
    let done = effects(app) - before;
    let most = usize::from(matches!(state.as_str(), "done" | "outcome unknown"));
    assert!(done <= most && (state != "done" || done == 1), "{done} effects, and the person sees: {state}");
    app.sandbox.faults().clear();
    if row.patience.is_some() {
        app.bounds.approval = None;
        app.restart().await;
    }
    again(app, &person, &posted.conversation, before + done + 1).await;
    state
}

/// Returns the rest of a turn, reconnecting whenever the stream reports that the turn could not continue.
async fn later(person: &Browser, conversation: &str, mut seen: u64) -> Vec<Event> {
    let mut events = Vec::new();
    loop {
        let mut watch = person.watch(conversation, seen).await;
        while let Some(frame) = watch.next().await {
            let Frame::Event { n, event, .. } = frame else { continue };
            seen = n;
            events.push(event);
            if let Some(Event::TurnEnded { .. }) = events.last() {
                return events;
            }
        }
    }
}

async fn finish(watch: &mut Watch) {
    assert_eq!(end(&watch.turn().await), TurnEnd::Done);
}

/// Asks once more and approves; afterwards `expected` actions have been performed.
async fn again(app: &TestApp, person: &Browser, conversation: &str, expected: usize) {
    let page = person.load(Some(conversation)).await.unwrap();
    let posted = person.post(conversation, RESET, &page.talk.client_id).await.unwrap();
    let mut watch = person.watch(conversation, posted.said - 1).await;
    watch.events_until(|event| matches!(event, Event::ApprovalPut { .. })).await;
    yes(app);
    let events = watch.turn().await;
    assert_eq!((outcome(&events).as_str(), effects(app)), ("done", expected), "asked again");
}

fn yes(app: &TestApp) {
    let pushes = app.sandbox.provider().pushes();
    // An older request, whose answer was lost, may still be pending.
    let push = pushes.iter().rfind(|push| push.state == PushState::Pending).expect("the phone rings");
    app.sandbox.provider().answer(&push.id, Answer::Approve).unwrap();
}

fn effects(app: &TestApp) -> usize {
    app.sandbox.okta().effects().len()
}

/// Requires a page that says which service cannot be reached.
fn trouble(page: &Page, row: &Row) -> String {
    let words = format!("{} cannot be reached right now", row.named);
    assert!(page.status == 503 && page.body.contains(&words), "{} {}", page.status, page.body);
    not_now(row.named)
}
