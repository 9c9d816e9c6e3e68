//! The card of a call in every state but a refusal.

use super::script::Script;
use crate::wire::Event;
use leptos::prelude::*;

/// Renders the cards.
pub(crate) fn calls() -> AnyView {
    Script::default()
        .call("Read your Okta groups", |_| Vec::new())
        .call("Read your Okta groups", |call| vec![Event::ApprovalQueued { call }])
        .call("Reset the password of eve@acme.example", |call| vec![Event::Approved { call, at: 0 }])
        .call("Disable the user eve@acme.example", |call| {
            vec![Event::ApprovedInAdvance { call: call.clone(), number: 3, uses: 10 }, Event::CallStarted { call }]
        })
        .call("Read your Okta groups", |call| vec![Event::CallStarted { call }])
        .call("Read your Okta groups", |call| {
            vec![Event::CallDone { call, summary: "4 groups".to_owned(), took_ms: 120 }]
        })
        .call("Reset the password of eve@acme.example", |call| {
            vec![Event::CallFailed { call, reason: "Okta refused the password reset.".to_owned() }]
        })
        .call("Reset the password of eve@acme.example", |call| vec![Event::CallUnknown { call }])
        .call(&format!("Get the task {}", "with-a-very-long-name-".repeat(8)), |call| {
            vec![Event::CallDone { call, summary: "1 task".to_owned(), took_ms: 9 }]
        })
        .log()
}
