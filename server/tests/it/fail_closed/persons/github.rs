//! A person with an own GitHub account in our local vault.

use super::{done, trouble};
use crate::fail_closed::faults::Way;
use crate::fail_closed::rows::Row;
use crate::fail_closed::seen::outcome;
use crate::own_vault::QUESTION;
use crate::world::TestApp;
use crate::world::browser::Browser;
use app::wire::Event;
use axum::http::StatusCode;
use sandbox::cloud::{Fault, Times};

/// Returns the GitHub account of a person.
fn account(who: &str) -> u64 {
    match who {
        "ada" => crate::own_vault::ADA,
        "bob" => crate::own_vault::BOB,
        _ => 58_004,
    }
}

async fn connected(app: &TestApp, who: &str) -> Browser {
    let person = app.signed_in(who).await;
    person.connect_github(account(who)).await;
    person
}

pub(super) async fn repositories(app: &TestApp, row: &Row, way: &Way, who: &str) -> String {
    let person = connected(app, who).await;
    row.fail(app, way);
    let (_, events) = person.ask(QUESTION).await;
    assert!(!done(&events), "the call is not done: {events:?}");
    app.sandbox.faults().clear();
    assert!(!lists(&person, who).await, "the account is still connected");
    outcome(&events)
}

pub(super) async fn connect(app: &TestApp, row: &Row, way: &Way, who: &str) -> String {
    let person = app.signed_in(who).await;
    let page = person.begin_github().await;
    let callback = person.answer_github(&page, account(who)).await;
    row.fail(app, way);
    let seen = trouble(&person.visit(callback.as_str()).await, row);
    app.sandbox.faults().clear();
    person.connect_github(account(who)).await;
    assert!(!lists(&person, who).await, "it is connected");
    seen
}

/// GitHub accepts each refresh token once: if its response is lost, the connected account is lost too.
pub(super) async fn renew(app: &TestApp, row: &Row, way: &Way, who: &str) -> String {
    let person = connected(app, who).await;
    let refused = Fault::Status { code: StatusCode::UNAUTHORIZED, retry_after: None };
    app.sandbox.faults().set_matching("github", "/user/repos", refused, Times::Next(1));
    assert!(!done(&person.ask(QUESTION).await.1), "a token that is refused is renewed before it is used again");
    row.fail(app, way);
    let (_, events) = person.ask(QUESTION).await;
    assert!(!done(&events), "the call is not done: {events:?}");
    app.sandbox.faults().clear();
    let lost = lists(&person, who).await;
    outcome(&events) + if lost { ", and the account is connected again" } else { "" }
}

/// Asks again, connecting the account again if necessary; returns `true` if it was necessary.
async fn lists(person: &Browser, who: &str) -> bool {
    let posted = person.begin(QUESTION).await.unwrap();
    let mut watch = person.watch(&posted.conversation, 0).await;
    let settled = |event: &Event| matches!(event, Event::AccountWanted { .. } | Event::TurnEnded { .. });
    let events = watch.events_until(settled).await;
    let wanted = events.iter().find_map(|event| match event {
        Event::AccountWanted { call, .. } => Some(call.clone()),
        _ => None,
    });
    let Some(call) = wanted else {
        assert!(done(&events), "asked again: {events:?}");
        return false;
    };
    person.cancel(&posted.conversation, &call).await.unwrap();
    watch.turn().await;
    person.connect_github(account(who)).await;
    assert!(done(&person.ask(QUESTION).await.1), "connected again");
    true
}
