//! The log of a conversation and the current activity. The server renders it; in the browser, `browser/log.rs` puts in what
//! changes.

use super::call_card::CallCard;
use super::page::Page;
use super::sent;
use crate::state::{Item, Partial, Place, Transcript, Turn};
use crate::texts::{Texts, texts};
use crate::wire::{Activity, Now, Request};
use leptos::prelude::*;
use std::sync::Arc;

/// Renders the items, the unfinished block, and a status line for screen readers, which announce finished blocks only.
pub(super) fn log(page: &Page, transcript: &Transcript) -> AnyView {
    let t = texts();
    let busy = if transcript.turn == Turn::Idle { "false" } else { "true" };
    let doing = doing(transcript.turn).map(|(key, _)| {
        view! { <div class="item" data-n="0" data-key=key>{activity(transcript.turn, &transcript.partial)}</div> }
    });
    view! {
        <div class="log" id="log" role="log" aria-label=t.log_label() aria-busy=busy>
            {items(&transcript.taken(), page)}
            {doing}
            {items(&transcript.queued(), page)}
            {sent::templates()}
        </div>
        <p class="unseen" id="announcement" role="status">{announcement(transcript, false, t)}</p>
    }
    .into_any()
}

/// Renders items, each with the number and the key by which the browser finds it.
pub(super) fn items(items: &[Arc<Item>], page: &Page) -> AnyView {
    let wrapped = items.iter().map(|item| match &**item {
        // These are found by their class, and never drawn again.
        Item::Cut { .. } | Item::Replaced { .. } => one(item, page),
        _ => {
            let n = item.key().0.to_string();
            view! { <div class="item" data-n=n data-key=key(item)>{one(item, page)}</div> }.into_any()
        }
    });
    wrapped.collect_view().into_any()
}

/// Returns a key that changes whenever the item does.
pub(crate) fn key(item: &Item) -> String {
    let (n, state) = item.key();
    format!("{n}-{state}")
}

/// Returns the key of the line or text that shows what the model is doing, if it shows anything, and whether it is text.
pub(crate) const fn doing(turn: Turn) -> Option<(&'static str, bool)> {
    match turn {
        Turn::Speaking { .. } => Some(("speaking", true)),
        Turn::Thinking { .. } => Some(("thinking", false)),
        Turn::Idle | Turn::Calling { .. } => None,
    }
}

/// Renders what the model is doing.
pub(crate) fn activity(turn: Turn, partial: &Partial) -> AnyView {
    match doing(turn) {
        Some((_, true)) => view! {
            <article class="said" aria-hidden="true">
                <div inner_html=partial.html.clone()></div>
                <p class="typing" dir="auto">{partial.text.clone()}</p>
            </article>
        }
        .into_any(),
        Some(_) => view! { <p class="thinking">{texts().log_thinking()}</p> }.into_any(),
        None => ().into_any(),
    }
}

/// Renders one item.
pub(crate) fn one(item: &Item, page: &Page) -> AnyView {
    let t = texts();
    match item {
        Item::Mine { n, text, place } => view! {
            <article class="said mine" id=format!("m{n}") data-place=name(*place)>
                <span class="unseen">{t.log_you()}" "</span>
                <p dir="auto">{text.clone()}</p>
                {(*place == Place::Waiting).then(|| withdrawal(page, *n))}
                {(*place == Place::Taken && !page.reads_only).then(|| actions(page, *n))}
                {(*place == Place::Withdrawn).then(|| view! { <small>{t.log_removed()}</small> })}
            </article>
        }
        .into_any(),
        Item::Theirs { html, .. } => view! {
            <article class="said">
                <span class="unseen">{t.log_countersign()}" "</span><div inner_html=html.clone()></div>
                <div class="acts"><button class="btn quiet" type="button" data-copy-answer="">{t.log_copy()}</button></div>
            </article>
        }
        .into_any(),
        Item::Call(call) => view! { <CallCard call=call.clone() page=page.clone()/> }.into_any(),
        Item::Cut { .. } => cut(),
        Item::Replaced { items, .. } => {
            // A replaced message is only read: it can be neither edited nor sent again.
            let page = Page { reads_only: true, ..page.clone() };
            replaced(items.iter().map(|item| one(item, &page)).collect_view().into_any())
        }
        Item::Remark { why, .. } => view! { <p class="remark">{why.text(t)}</p> }.into_any(),
    }
}

/// Renders the line above the first message that the model still receives.
pub(crate) fn cut() -> AnyView {
    view! { <p class="remark cut">{texts().log_cut()}</p> }.into_any()
}

/// Renders what an edited message has replaced.
pub(crate) fn replaced(items: AnyView) -> AnyView {
    view! { <details class="replaced"><summary>{texts().log_replaced()}</summary>{items}</details> }.into_any()
}

/// The id of the form that sends a message again; the button of each message belongs to it.
const RESEND: &str = "resend";

/// The things that a person can do with an answered message of theirs: plain links, and a button of a plain form.
fn actions(page: &Page, n: u64) -> AnyView {
    let (t, conversation, of) = (texts(), &page.conversation, format!("m{n}"));
    view! {
        <div class="acts">
            <a class="btn quiet" href=format!("/c/{conversation}?edit={n}") aria-describedby=of.clone()>{t.log_edit()}</a>
            <button class="btn quiet" form=RESEND name="said" value=n.to_string() aria-describedby=of.clone()>{t.log_resend()}</button>
            <a class="btn quiet" href=format!("/c/{conversation}?at={n}#m{n}") aria-describedby=of>{t.log_link()}</a>
        </div>
    }
    .into_any()
}

/// The form that sends a message again.
pub(super) fn resending(page: &Page) -> AnyView {
    let action = format!("/api/chat/resend?owner={}", page.owner);
    view! {
        <form id=RESEND method="post" action=action hidden>
            <input type="hidden" name="conversation" value=page.conversation.clone()/>
        </form>
    }
    .into_any()
}

/// Marks a message as waiting, with a button to withdraw it. The log shows the result.
fn withdrawal(page: &Page, said: u64) -> AnyView {
    let t = texts();
    view! {
        <form method="post" action="/api/chat/withdraw" data-live="">
            <input type="hidden" name="conversation" value=page.conversation.clone()/>
            <input type="hidden" name="said" value=said.to_string()/>
            <small>{t.log_next()}</small>
            <button class="btn quiet" type="submit">{t.log_remove()}</button>
        </form>
    }
    .into_any()
}

const fn name(place: Place) -> &'static str {
    match place {
        Place::Waiting => "waiting",
        Place::Taken => "taken",
        Place::Withdrawn => "withdrawn",
    }
}

/// Returns the state of the conversation for the page. `spoke` tells that a turn ran while the page was open, so that its
/// end is announced.
pub(crate) fn now(transcript: &Transcript, spoke: bool, t: Texts) -> Now {
    let request = transcript.asking().map(|call| Request { summary: call.summary.clone(), code: call.code.clone() });
    let activity = match transcript.turn {
        Turn::Idle => Activity::Idle,
        Turn::Calling { .. } if request.is_some() => Activity::Waiting,
        Turn::Calling { .. } | Turn::Thinking { .. } | Turn::Speaking { .. } => Activity::Running,
    };
    let announcement = announcement(transcript, spoke, t);
    let waits = transcript.waits();
    Now { last: transcript.last, settled: transcript.settled, activity, announcement, request, waits }
}

/// Returns the sentence for screen readers.
fn announcement(transcript: &Transcript, spoke: bool, t: Texts) -> String {
    let code = transcript.asking().and_then(|call| call.code.as_ref());
    if let Some(code) = code {
        return t.announce_code(code);
    }
    if let Some(wanting) = transcript.wanting() {
        return wanting.words.clone();
    }
    match transcript.turn {
        Turn::Idle if spoke => t.announce_finished(),
        Turn::Idle => "",
        Turn::Thinking { .. } => t.announce_thinking(),
        Turn::Speaking { .. } => t.announce_answering(),
        Turn::Calling { .. } => t.announce_calling(),
    }
    .to_owned()
}
