//! The card's inside while a yes is awaited: what exactly, the code, how long, and the way out.

use super::at_once::AtOnce;
use super::page::{Page, attempt};
use crate::api;
use crate::state::{Asking, Call, Reach};
use leptos::ev::SubmitEvent;
use leptos::prelude::*;

/// What is asked. It works without script as well: then the time left is said, not counted.
#[component]
pub(super) fn Approval(call: Call, asking: Asking, page: Page) -> impl IntoView {
    let code = call.code.unwrap_or_default();
    let spelled = code.chars().map(String::from).collect::<Vec<_>>().join(" ");
    let left = left(asking.seconds, asking.until, page.now);
    let advice = match asking.reach {
        Reach::Sending => "Your phone is being called.",
        Reach::Ringing => {
            "Approve on your phone, and only if it shows the same code. The yes counts once, for this alone."
        }
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
            <small>"Nothing has happened yet."</small>
            <button class="btn quiet" type="submit">"Cancel"</button>
        </form>
    }
    .at_once()
}

/// How long is left: `seconds` at first, then counted to `until`.
pub(super) fn left(seconds: i64, until: i64, now: i64) -> AnyView {
    let left = RwSignal::new(seconds);
    count_down(left, until, now);
    view! { <span class="ring" role="timer" aria-label=move || spoken(left.get())>{move || shown(left.get())}</span> }
        .at_once()
}

/// Counts by the server's clock: what the page was told when it was made, and how long ago that is.
fn count_down(left: RwSignal<i64>, until: i64, now: i64) {
    #[cfg(feature = "hydrate")]
    Effect::new(move |_| {
        let ahead = page_clock::offset(now);
        let tick = move || {
            let _ = left.try_set(((until - page_clock::now() + ahead) / 1000).max(0));
        };
        tick();
        if let Ok(handle) = set_interval_with_handle(tick, std::time::Duration::from_secs(1)) {
            on_cleanup(move || handle.clear());
        }
    });
    #[cfg(not(feature = "hydrate"))]
    let _ = (left, until, now);
}

#[cfg(feature = "hydrate")]
mod page_clock {
    //! The reader's clock, and how far it is ahead of the server's: measured once, when the page comes alive.

    use std::cell::Cell;

    thread_local! {
        static AHEAD: Cell<Option<i64>> = const { Cell::new(None) };
    }

    #[expect(clippy::cast_possible_truncation, reason = "milliseconds since 1970 fit")]
    pub(super) fn now() -> i64 {
        js_sys::Date::now() as i64
    }

    pub(super) fn offset(server: i64) -> i64 {
        AHEAD.with(|ahead| {
            let measured = ahead.get().unwrap_or_else(|| now() - server);
            ahead.set(Some(measured));
            measured
        })
    }
}

fn shown(left: i64) -> String {
    format!("{}:{:02}", left / 60, left % 60)
}

fn spoken(left: i64) -> String {
    format!("{} minutes {} seconds left", left / 60, left % 60)
}
