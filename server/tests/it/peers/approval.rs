//! The same approval request to four people, each with a different answer.

use super::conversation::plain;
use super::person;
use crate::fail_closed::seen::outcome;
use crate::world::TestApp;
use crate::world::browser::Browser;
use crate::world::frames::said;
use app::wire::{Event, Frame};
use futures::future::join;
use peers::oidc::{Answer, Provider};

/// The people: one approves, one denies, one does not answer, and one has no phone at the provider.
pub(crate) const PEOPLE: [&str; 4] = ["ada", "bob", "eve", "grace"];

pub(crate) const RESET: &str = "Reset the password of bob@acme.example";

/// Asks for an action that needs approval, as each person, and describes the outcomes.
pub(crate) async fn ask(app: &TestApp, provider: &Provider, ada: &Browser) -> String {
    let yes = turn(provider, ada, Answer::Approve).await;
    if !yes.rang {
        return yes.outcome;
    }
    let done = app.sandbox.okta().effects().len();
    let (bob, eve, grace) = (app.browser(), app.browser(), app.browser());
    for (browser, account) in [(&bob, "bob"), (&eve, "eve"), (&grace, "grace")] {
        person::sign_in(browser, account).await;
    }
    provider.forget("grace").await.unwrap();
    let no = turn(provider, &bob, Answer::Deny).await;
    let (late, unknown) = join(turn(provider, &eve, Answer::Expire), turn(provider, &grace, Answer::Approve)).await;
    let all = app.sandbox.okta().effects().len();
    format!(
        "{} ({}, {done} done); no: {}; no answer: {}; unknown: {}; {} done besides",
        yes.outcome,
        yes.message,
        no.outcome,
        late.outcome,
        unknown.outcome,
        all - done
    )
}

struct Turn {
    /// `true` if the request reached a phone.
    rang: bool,
    /// Binding message on the phone.
    message: String,
    outcome: String,
}

async fn turn(provider: &Provider, browser: &Browser, answer: Answer) -> Turn {
    let (message, events) = asked(provider, browser, answer).await;
    if !events.iter().any(|event| matches!(event, Event::CallProposed { .. })) {
        let words = plain(&said(&events));
        return Turn { rang: false, message: String::new(), outcome: format!("not offered: “{words}”") };
    }
    Turn { rang: message.is_some(), message: code_left_out(&message.unwrap_or_default()), outcome: outcome(&events) }
}

/// Returns the binding message, if the request reached a phone, and all events of the turn.
pub(crate) async fn asked(provider: &Provider, browser: &Browser, answer: Answer) -> (Option<String>, Vec<Event>) {
    let posted = browser.begin(RESET).await.unwrap();
    let mut watch = browser.watch(&posted.conversation, 0).await;
    let mut events = Vec::new();
    let mut message = None;
    while !matches!(events.last(), Some(Event::TurnEnded { .. })) {
        let Some(frame) = watch.next().await else { panic!("the stream ended after {events:?}") };
        let Frame::Event { event, .. } = frame else { continue };
        if matches!(event, Event::ApprovalPut { .. }) {
            let ringing = provider.ringing().await.unwrap();
            message = Some(ringing[0]["params"]["binding_message"].to_string());
            provider.answer(answer).await.unwrap();
        }
        events.push(event);
    }
    (message, events)
}

/// Removes the code, which differs each time.
pub(crate) fn code_left_out(message: &str) -> String {
    let (words, _) = message.rsplit_once('#').unwrap_or((message, ""));
    format!("“{}…”", words.trim_matches(['"', ' ']))
}
