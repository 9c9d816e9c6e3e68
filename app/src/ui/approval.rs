//! The card of a call that waits for the person's confirmation, made like a signing ceremony: who waits, how long; what
//! would be done, with which effect; the code; the exact call; the way out.

use super::at_once::AtOnce;
use super::effect::effect;
use super::icons::{Icon, PHONE};
use super::page::{Page, attempt};
use crate::api;
use crate::state::{Asking, Call, Reach};
use crate::texts::{Texts, texts};
use crate::wire::{AskedAt, Permanence};
use leptos::ev::SubmitEvent;
use leptos::prelude::*;

/// Time left, in seconds, from which the bar changes its colour.
const LATE: i64 = 30;

/// The card. Without a script it works too, but the time left does not count down.
#[component]
pub(super) fn Approval(call: Call, asking: Asking, page: Page) -> impl IntoView {
    let t = texts();
    let code = call.code.unwrap_or_default();
    let spelled = code.chars().map(String::from).collect::<Vec<_>>().join(" ");
    let whole = asking.seconds.max(1);
    let left = count_down(asking.seconds, asking.until, page.ahead);
    let scan = match &asking.reach {
        Reach::Put(AskedAt::Page(path)) => Some(code_to_scan(path)),
        _ => None,
    };
    let (state, advice) = match asking.reach {
        Reach::Sending => (t.ask_sending(), t.ask_sending_advice().at_once()),
        Reach::Put(at) => put(at, t),
    };
    let permanent = asking.effect.as_ref().is_some_and(|effect| effect.permanence == Permanence::Permanent);
    let class = if permanent { "ask waits danger" } else { "ask waits" };
    let label = t.ask_label(&call.summary);
    let details = asking.details.into_iter().map(|detail| view! { <dt>{detail.name}</dt><dd>{detail.value}</dd> });
    view! {
        <section class=class id="waiting" role="group" aria-label=label data-state="waiting">
            <header>
                <Icon path=PHONE/>
                <span>{state}</span>
                <span class="left ring" role="timer" aria-label=move || spoken(left.get(), t)>{move || shown(left.get(), t)}</span>
            </header>
            <progress class="bar" class:late=move || left.get() < LATE value=move || left.get() max=whole aria-hidden="true"></progress>
            <div class="in">
                <div>
                    <h2 dir="auto">{call.summary.clone()}</h2>
                    {asking.effect.map(effect)}
                </div>
                <div class="match">
                    <span class="code" aria-label=t.ask_code(&spelled)>{code}</span>
                    <p>{advice}</p>
                </div>
                {scan}
                <details>
                    <summary>{t.ask_details()}</summary>
                    <dl class="facts">{details.collect_view()}</dl>
                </details>
                {foot(call.id, page)}
            </div>
        </section>
    }
    .at_once()
}

/// Returns the state of a request that was sent, and the advice to the person who asks.
fn put(at: AskedAt, t: Texts) -> (&'static str, AnyView) {
    match at {
        AskedAt::Phone => (t.ask_phone(), t.ask_phone_advice().at_once()),
        AskedAt::PhoneAndOthers => (t.ask_both(), t.ask_both_advice().at_once()),
        AskedAt::Page(path) => {
            let way = view! { <a href=path>{t.ask_page_open()}</a>" "{t.ask_page_advice()} };
            (t.ask_page(), way.at_once())
        }
        AskedAt::Others => (t.ask_others(), t.ask_others_advice().at_once()),
    }
}

/// The code that opens the page of the request on another device. It loads when the person unfolds it.
fn code_to_scan(path: &str) -> AnyView {
    let t = texts();
    view! {
        <details class="scan">
            <summary>{t.scan_show()}</summary>
            <img src=format!("{path}/code.svg") alt=t.scan_alt() width="220" height="220" loading="lazy"/>
        </details>
    }
    .at_once()
}

fn foot(call: String, page: Page) -> AnyView {
    let target = (page.conversation.clone(), call.clone());
    let cancel = move |event: SubmitEvent| {
        event.prevent_default();
        let (conversation, call) = target.clone();
        attempt(page.problem, api::cancel(conversation, call));
    };
    let t = texts();
    view! {
        <footer>
            <small>{t.ask_untouched()}</small>
            <form method="post" action="/api/chat/cancel" on:submit=cancel>
                <input type="hidden" name="conversation" value=page.conversation/>
                <input type="hidden" name="call" value=call/>
                <button class="btn" type="submit">{t.ask_cancel()}</button>
            </form>
        </footer>
    }
    .at_once()
}

/// Shows the time left: `seconds` at first, then counted down to `until`.
pub(super) fn left(seconds: i64, until: i64, ahead: i64) -> AnyView {
    let (t, left) = (texts(), count_down(seconds, until, ahead));
    view! { <span class="ring" role="timer" aria-label=move || spoken(left.get(), t)>{move || shown(left.get(), t)}</span> }
        .at_once()
}

/// Counts down by the server's clock.
fn count_down(seconds: i64, until: i64, ahead: i64) -> RwSignal<i64> {
    let left = RwSignal::new(seconds);
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
    let _ = (until, ahead);
    left
}

fn shown(left: i64, t: Texts) -> String {
    t.left_shown(&format!("{}:{:02}", left / 60, left % 60))
}

fn spoken(left: i64, t: Texts) -> String {
    let left = left.unsigned_abs();
    match (left / 60, left % 60) {
        (0, seconds) => t.left_seconds(seconds),
        (minutes, 0) => t.left_minutes(minutes),
        (minutes, seconds) => t.left_both(minutes, seconds),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_left_is_shown_and_spoken() {
        for (left, short, long) in [
            (0, "0:00 left", "0 seconds left"),
            (1, "0:01 left", "1 second left"),
            (60, "1:00 left", "1 minute left"),
            (65, "1:05 left", "1 minute 5 seconds left"),
            (300, "5:00 left", "5 minutes left"),
        ] {
            let t = Texts::default();
            assert_eq!((shown(left, t).as_str(), spoken(left, t).as_str()), (short, long));
        }
    }
}
