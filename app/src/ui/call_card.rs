//! The card of a call. One component renders every state; colour, icon and text agree.

use super::account::account;
use super::approval::Approval;
use super::at_once::AtOnce;
use super::icons::{BARRED, CHAIN, CLOCK, Icon, PHONE, QUESTION, RUNNING, TICK};
use super::page::{Page, attempt};
use super::words::{self, said};
use crate::api;
use crate::state::{Call, CallState};
use crate::wire::{NotApproved, Refusal};
use leptos::ev::SubmitEvent;
use leptos::prelude::*;

#[component]
pub(super) fn CallCard(call: Call, page: Page) -> impl IntoView {
    let Face { tone, icon, state, open } = face(&call.state);
    let label = format!("{}: {state}", call.summary);
    let asking = match &call.state {
        CallState::Asking(asking) => {
            Some(view! { <Approval call=call.clone() asking=asking.clone() page=page.clone()/> }.at_once())
        }
        CallState::AccountRequest(wanting) => Some(account(&call, wanting.clone(), page.clone())),
        _ => None,
    };
    // An approval request already lists the action line by line.
    let detail = asking.is_none().then(|| view! { <code class="detail">{call.detail.clone()}</code> });
    let told = words::of(&call);
    let again = words::again(&call).map(|(label, text)| again(&call, label, text, page));
    view! {
        <details class="call" data-state=tone open=open aria-label=label>
            <summary>
                <Icon path=icon/>
                <span class="what">{call.summary}</span>
                <span class="state">{state}</span>
            </summary>
            <div class="body">
                {asking}
                {told.map(|told| view! { <p>{said(told)}</p> })}
                {again}
                {detail}
            </div>
        </details>
    }
    .at_once()
}

struct Face {
    tone: &'static str,
    icon: &'static str,
    state: String,
    open: bool,
}

/// Returns the appearance of a state. Cards that need the person's attention are open; successful ones are folded.
fn face(state: &CallState) -> Face {
    let face = |tone, icon, state: &str, open| Face { tone, icon, state: state.to_owned(), open };
    match state {
        CallState::Checking => face("running", CLOCK, "checking your permission", false),
        CallState::AccountRequest(_) => face("account", CHAIN, "account needed", true),
        CallState::Queued => face("waiting", CLOCK, "waiting for your other approval", true),
        CallState::Asking(_) => face("waiting", PHONE, "waiting for your approval", true),
        CallState::Approved => face("running", TICK, "approved", false),
        CallState::Running => face("running", RUNNING, "working", false),
        CallState::Done { summary, took_ms } => face("done", TICK, &format!("done · {summary} · {took_ms} ms"), false),
        CallState::Refused(Refusal::Denied { .. }) => face("refused", BARRED, "not permitted", true),
        CallState::Refused(Refusal::NotApproved { why }) => face("refused", BARRED, verdict(why), true),
        CallState::Refused(Refusal::NoAccount { .. }) => face("account", CHAIN, "account needed", true),
        CallState::Refused(Refusal::NotNow { .. }) => face("later", CLOCK, "not now", true),
        CallState::Refused(Refusal::BadInput { .. } | Refusal::OverLimit { .. }) => {
            face("refused", BARRED, "not done", true)
        }
        CallState::Failed { .. } => face("refused", BARRED, "not done", true),
        CallState::Unknown => face("unknown", QUESTION, "outcome unknown", true),
    }
}

const fn verdict(why: &NotApproved) -> &'static str {
    match why {
        NotApproved::Denied => "declined by you",
        NotApproved::Declined { .. } => "declined",
        NotApproved::Expired => "expired",
        NotApproved::Cancelled => "cancelled",
        _ => "not approved",
    }
}

/// A button that asks again by posting a message, so that every check runs afresh. Its fixed id makes a second press
/// the same message.
fn again(call: &Call, label: &'static str, text: String, page: Page) -> AnyView {
    let Page { conversation, problem, .. } = page;
    let id = format!("again-{}", call.id);
    let post = (conversation.clone(), text.clone(), id.clone());
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let (conversation, text, id) = post.clone();
        attempt(problem, api::post(conversation, text, id));
    };
    view! {
        <form class="row" method="post" action="/api/chat/post" on:submit=submit>
            <input type="hidden" name="conversation" value=conversation/>
            <input type="hidden" name="client_id" value=id/>
            <input type="hidden" name="text" value=text/>
            <button class="btn" type="submit">{label}</button>
        </form>
    }
    .at_once()
}
