//! The card of a call that waits for the person's confirmation, made like a signing ceremony: who waits, how long; what
//! would be done, with which effect; the code; the exact call; the way out.

use super::effect::effect;
use super::icons::{Icon, PHONE};
use super::page::Page;
use super::time_left::{LATE, shown, spoken};
use crate::state::{Asking, Call, Reach};
use crate::texts::{Texts, texts};
use crate::wire::{AskedAt, Permanence};
use leptos::prelude::*;

/// The card. Without a script it works too, but the time left does not count down.
#[component]
pub(super) fn Approval(call: Call, asking: Asking, page: Page) -> impl IntoView {
    let t = texts();
    let code = call.code.unwrap_or_default();
    let spelled = code.chars().map(String::from).collect::<Vec<_>>().join(" ");
    let Asking { seconds, until, .. } = asking;
    let whole = seconds.max(1);
    let scan = match &asking.reach {
        Reach::Put(AskedAt::Page(path)) => Some(code_to_scan(path)),
        _ => None,
    };
    let (state, advice) = match asking.reach {
        Reach::Sending => (t.ask_sending(), t.ask_sending_advice().into_any()),
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
                {left("left ring", seconds, until)}
            </header>
            <progress class="bar" class:late=seconds < LATE data-until=until.to_string() value=seconds.to_string() max=whole.to_string() aria-hidden="true"></progress>
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
    .into_any()
}

/// Returns the state of a request that was sent, and the advice to the person who asks.
fn put(at: AskedAt, t: Texts) -> (&'static str, AnyView) {
    match at {
        AskedAt::Phone => (t.ask_phone(), t.ask_phone_advice().into_any()),
        AskedAt::PhoneAndOthers => (t.ask_both(), t.ask_both_advice().into_any()),
        AskedAt::Page(path) => {
            let way = view! { <a href=path>{t.ask_page_open()}</a>" "{t.ask_page_advice()} };
            (t.ask_page(), way.into_any())
        }
        AskedAt::Others => (t.ask_others(), t.ask_others_advice().into_any()),
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
    .into_any()
}

fn foot(call: String, page: Page) -> AnyView {
    let t = texts();
    view! {
        <footer>
            <small>{t.ask_untouched()}</small>
            <form method="post" action="/api/chat/cancel" data-live="">
                <input type="hidden" name="conversation" value=page.conversation/>
                <input type="hidden" name="call" value=call/>
                <button class="btn" type="submit">{t.ask_cancel()}</button>
            </form>
        </footer>
    }
    .into_any()
}

/// Shows the time left, `seconds` at first. The browser counts it down to `until` (`browser/countdown.rs`).
pub(super) fn left(class: &'static str, seconds: i64, until: i64) -> AnyView {
    let t = texts();
    view! {
        <span class=class role="timer" data-until=until.to_string() aria-label=spoken(seconds, t)>{shown(seconds, t)}</span>
    }
    .into_any()
}
