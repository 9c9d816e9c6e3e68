//! The body of a call's card while the call waits for approval: the action, the code, the time left and a cancel
//! button.

use super::at_once::AtOnce;
use super::page::{Page, attempt};
use crate::api;
use crate::state::{Asking, Call, Reach};
use leptos::ev::SubmitEvent;
use leptos::prelude::*;

/// The approval request. Without a script it works too, but the time left does not count down.
#[component]
pub(super) fn Approval(call: Call, asking: Asking, page: Page) -> impl IntoView {
    let code = call.code.unwrap_or_default();
    let spelled = code.chars().map(String::from).collect::<Vec<_>>().join(" ");
    let left = left(asking.seconds, asking.until, page.ahead);
    let advice = match asking.reach {
        Reach::Sending => "Sending the request…".at_once(),
        Reach::Ringing => {
            "Approve on your phone, but only if it shows this code. Your approval counts only for what is shown here."
                .at_once()
        }
        Reach::Page(path) => view! {
            <a href=path>"Open the request"</a>
            " here or on another device. Approve only if it shows this code. Everybody who is asked must approve."
        }
        .at_once(),
    };
    let target = (page.conversation.clone(), call.id.clone());
    let cancel = move |event: SubmitEvent| {
        event.prevent_default();
        let (conversation, call) = target.clone();
        attempt(page.problem, api::cancel(conversation, call));
    };
    view! {
        <div class="ask">
            <span class="code" aria-label=format!("Code {spelled}")>{code}</span>
            <p>{advice}</p>
            {left}
        </div>
        <dl class="facts">
            {asking.details.into_iter().map(|detail| view! { <dt>{detail.name}</dt><dd>{detail.value}</dd> }).collect_view()}
        </dl>
        <form class="row" method="post" action="/api/chat/cancel" on:submit=cancel>
            <input type="hidden" name="conversation" value=page.conversation/>
            <input type="hidden" name="call" value=call.id/>
            <small>"Nothing has been changed yet."</small>
            <button class="btn quiet" type="submit">"Cancel request"</button>
        </form>
    }
    .at_once()
}

/// Shows the time left: `seconds` at first, then counted down to `until`.
pub(super) fn left(seconds: i64, until: i64, ahead: i64) -> AnyView {
    let left = RwSignal::new(seconds);
    count_down(left, until, ahead);
    view! { <span class="ring" role="timer" aria-label=move || spoken(left.get())>{move || shown(left.get())}</span> }
        .at_once()
}

/// Counts down by the server's clock.
fn count_down(left: RwSignal<i64>, until: i64, ahead: i64) {
    #[cfg(feature = "hydrate")]
    Effect::new(move |_| {
        let tick = move || {
            let passed = super::page::ahead_of(until) - ahead;
            let _ = left.try_set((-passed / 1000).max(0));
        };
        tick();
        if let Ok(handle) = set_interval_with_handle(tick, std::time::Duration::from_secs(1)) {
            on_cleanup(move || handle.clear());
        }
    });
    #[cfg(not(feature = "hydrate"))]
    let _ = (left, until, ahead);
}

fn shown(left: i64) -> String {
    format!("{}:{:02}", left / 60, left % 60)
}

fn spoken(left: i64) -> String {
    format!("{} minutes {} seconds left", left / 60, left % 60)
}
