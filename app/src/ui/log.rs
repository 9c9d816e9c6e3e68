//! The log of a conversation and the current activity.

use super::at_once::AtOnce;
use super::call_card::CallCard;
use super::page::{Page, attempt};
use crate::api;
use crate::state::{Item, Partial, Place, Transcript, Turn};
use crate::texts::{Texts, texts};
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use std::sync::Arc;

/// The items, the unfinished block, and a status line for screen readers, which announce finished blocks only.
#[component]
pub(super) fn Log(
    page: Page,
    transcript: RwSignal<Transcript>,
    partial: RwSignal<Partial>,
    /// The message that is on its way.
    sent: AnyView,
) -> impl IntoView {
    let t = texts();
    let turn = Memo::new(move |_| transcript.with(|transcript| transcript.turn));
    let asking = Memo::new(move |_| transcript.with(|transcript| waiting(transcript, t)));
    let busy = move || if turn.get() == Turn::Idle { "false" } else { "true" };
    let html = Memo::new(move |_| partial.with(|partial| partial.html.clone()));
    let spoke = RwSignal::new(false);
    view! {
        <div class="log" role="log" aria-label=t.log_label() aria-busy=busy>
            {items(page.clone(), Signal::derive(move || transcript.with(|transcript| transcript.taken())))}
            <Show when=move || matches!(turn.get(), Turn::Speaking { .. })>
                <article class="said" aria-hidden="true">
                    <div inner_html=move || html.get()></div>
                    <p class="typing" dir="auto">{move || partial.with(|partial| partial.text.clone())}</p>
                </article>
            </Show>
            <Show when=move || matches!(turn.get(), Turn::Thinking { .. })>
                <p class="thinking">{t.log_thinking()}</p>
            </Show>
            {waiting_messages(page, transcript)}
            {sent}
        </div>
        <p class="unseen" role="status">{move || announcement(turn.get(), &asking.get(), spoke, t)}</p>
    }
    .at_once()
}

/// The messages that wait for their turn, below what is being answered.
fn waiting_messages(page: Page, transcript: RwSignal<Transcript>) -> AnyView {
    items(page, Signal::derive(move || transcript.with(Transcript::queued)))
}

/// The items in order.
pub(super) fn items(page: Page, items: Signal<Vec<Arc<Item>>>) -> AnyView {
    view! { <For each=move || items.get() key=key let:item>{one(&item, page.clone())}</For> }.at_once()
}

fn key(item: &Arc<Item>) -> (u64, u8) {
    item.key()
}

fn one(item: &Item, page: Page) -> AnyView {
    let t = texts();
    match item.clone() {
        Item::Mine { n, text, place } => view! {
            <article class="said mine" id=format!("m{n}") data-place=name(place)>
                <span class="unseen">{t.log_you()}" "</span>
                <p dir="auto">{text}</p>
                {(place == Place::Waiting).then(|| withdrawal(page.clone(), n))}
                {(place == Place::Taken && !page.reads_only).then(|| actions(&page, n))}
                {(place == Place::Withdrawn).then(|| view! { <small>{t.log_removed()}</small> })}
            </article>
        }
        .at_once(),
        Item::Theirs { html, .. } => view! {
            <article class="said">
                <span class="unseen">{t.log_countersign()}" "</span><div inner_html=html></div>
                <div class="acts"><button class="btn quiet" type="button" data-copy-answer="">{t.log_copy()}</button></div>
            </article>
        }
        .at_once(),
        Item::Call(call) => view! { <CallCard call page/> }.at_once(),
        Item::Cut { .. } => view! { <p class="remark">{t.log_cut()}</p> }.at_once(),
        Item::Replaced { items, .. } => {
            // A replaced message is only read: it can be neither edited nor sent again.
            let page = Page { reads_only: true, ..page };
            let items = items.iter().map(|item| one(item, page.clone())).collect_view();
            view! { <details class="replaced"><summary>{t.log_replaced()}</summary>{items}</details> }.at_once()
        }
        Item::Remark { why, .. } => view! { <p class="remark">{why.text(t)}</p> }.at_once(),
    }
}

/// The id of the form that sends a message again; the button of each message belongs to it.
const RESEND: &str = "resend";

/// The things that a person can do with an answered message of theirs: plain links, and a button of a plain form. Their
/// HTML holds texts of ours, the id of the conversation and a number, and nothing that anybody wrote: as views they would be
/// a fiftieth of the program.
fn actions(page: &Page, n: u64) -> AnyView {
    let (t, conversation) = (texts(), &page.conversation);
    let link = |query: &str, label: &str| {
        format!("<a class=\"btn quiet\" href=\"/c/{conversation}?{query}\" aria-describedby=\"m{n}\">{label}</a>")
    };
    let resend = format!(
        "<button class=\"btn quiet\" form=\"{RESEND}\" name=\"said\" value=\"{n}\" aria-describedby=\"m{n}\">{}</button>",
        t.log_resend()
    );
    let edit = link(&format!("edit={n}"), t.log_edit());
    view! { <div class="acts" inner_html=edit + &resend + &link(&format!("at={n}#m{n}"), t.log_link())></div> }
        .at_once()
}

/// The form that sends a message again.
pub(super) fn resending(page: &Page) -> AnyView {
    let action = format!("/api/chat/resend?owner={}", page.owner);
    view! {
        <form id=RESEND method="post" action=action hidden>
            <input type="hidden" name="conversation" value=page.conversation.clone()/>
        </form>
    }
    .at_once()
}

/// Marks a message as waiting, with a button to withdraw it. The log shows the result.
fn withdrawal(page: Page, said: u64) -> AnyView {
    let t = texts();
    let Page { conversation, problem, .. } = page;
    let target = conversation.clone();
    let withdraw = move |event: SubmitEvent| {
        event.prevent_default();
        let target = target.clone();
        attempt(problem, api::withdraw(target, said));
    };
    view! {
        <form method="post" action="/api/chat/withdraw" on:submit=withdraw>
            <input type="hidden" name="conversation" value=conversation/>
            <input type="hidden" name="said" value=said.to_string()/>
            <small>{t.log_next()}</small>
            <button class="btn quiet" type="submit">{t.log_remove()}</button>
        </form>
    }
    .at_once()
}

const fn name(place: Place) -> &'static str {
    match place {
        Place::Waiting => "waiting",
        Place::Taken => "taken",
        Place::Withdrawn => "withdrawn",
    }
}

/// The pending approval or account request as a sentence; empty if there is none.
fn waiting(transcript: &Transcript, t: Texts) -> String {
    let code = transcript.asking().and_then(|call| call.code.as_ref());
    let approval = code.map(|code| t.announce_code(code));
    approval.or_else(|| transcript.wanting().map(|wanting| wanting.words.clone())).unwrap_or_default()
}

/// Returns the sentence for screen readers. `spoke` remembers that a turn ran while the page was open, so that its end is
/// announced.
fn announcement(turn: Turn, waiting: &str, spoke: RwSignal<bool>, t: Texts) -> String {
    if turn != Turn::Idle {
        spoke.set(true);
    }
    match turn {
        _ if !waiting.is_empty() => waiting.to_owned(),
        Turn::Idle if spoke.get_untracked() => t.announce_finished().to_owned(),
        Turn::Idle => String::new(),
        Turn::Thinking { .. } => t.announce_thinking().to_owned(),
        Turn::Speaking { .. } => t.announce_answering().to_owned(),
        Turn::Calling { .. } => t.announce_calling().to_owned(),
    }
}
