//! The card of a call. One component renders every state; colour, icon and text agree.

use super::account::account;
use super::approval::Approval;
use super::card_text;
use super::icons::{BARRED, CHAIN, CLOCK, Icon, QUESTION, RUNNING, TICK};
use super::page::Page;
use super::words::said;
use crate::state::{Call, CallState};
use crate::texts::{Texts, texts};
use crate::wire::{NotApproved, Refusal};
use leptos::prelude::*;

#[component]
pub(super) fn CallCard(call: Call, page: Page) -> impl IntoView {
    if let CallState::Asking(asking) = call.state.clone() {
        return view! { <Approval call asking page/> }.into_any();
    }
    let t = texts();
    let Face { tone, icon, state, open } = face(&call.state, t);
    let label = t.card_label(&call.summary, &state);
    let request = match &call.state {
        CallState::AccountRequest(wanting) => Some(account(&call, wanting.clone(), page.clone())),
        _ => None,
    };
    let class = if request.is_some() { "call waits" } else { "call" };
    let told = card_text::of(&call, t);
    let help = card_text::request(&call, &page.asker, t).map(copy);
    let ask = matches!(call.state, CallState::Refused(Refusal::Denied { .. })).then(|| ask(&call, &page));
    let again = card_text::again(&call, t).map(|(label, text)| again(&call, label, text, page));
    view! {
        <details class=class data-state=tone open=open role="group" aria-label=label>
            <summary>
                <Icon path=icon/>
                <span class="what" dir="auto">{call.summary}</span>
                <span class="state">{state}</span>
            </summary>
            <div class="body">
                {request}
                {call.account.map(|account| view! { <p><small>{account}</small></p> })}
                {told.map(|told| view! { <p>{said(told)}</p> })}
                <div class="row">{ask}{help}{again}</div>
                <code class="detail">{call.detail}</code>
            </div>
        </details>
    }
    .into_any()
}

struct Face {
    tone: &'static str,
    icon: &'static str,
    state: String,
    open: bool,
}

/// Returns the appearance of a state. Red is for a missing permission and a failure, amber for an outcome that is not
/// known; a decision of the person has no colour. Cards that need attention are open; successful ones are folded.
fn face(state: &CallState, t: Texts) -> Face {
    let face = |tone, icon, state: &str, open| Face { tone, icon, state: state.to_owned(), open };
    match state {
        CallState::Checking => face("running", CLOCK, t.state_checking(), false),
        CallState::AccountRequest(_) => face("account", CHAIN, t.state_account(), true),
        CallState::Queued => face("waiting", CLOCK, t.state_queued(), true),
        CallState::Asking(_) => face("waiting", CLOCK, t.state_asking(), true),
        CallState::Approved => face("running", TICK, t.state_approved(), false),
        CallState::Running => face("running", RUNNING, t.state_running(), false),
        CallState::Done { summary, .. } => face("done", TICK, &t.state_done(summary), false),
        CallState::Refused(Refusal::Denied { .. }) => face("refused", BARRED, t.state_denied(), true),
        CallState::Refused(Refusal::NotApproved { why }) => face("quiet", BARRED, verdict(why, t), true),
        CallState::Refused(Refusal::NoAccount { .. }) => face("quiet", CHAIN, t.state_not_connected(), true),
        CallState::Refused(Refusal::NotNow { .. }) => face("quiet", CLOCK, t.state_not_now(), true),
        CallState::Refused(Refusal::Forbidden | Refusal::BadInput { .. } | Refusal::OverLimit { .. }) => {
            face("quiet", BARRED, t.state_not_done(), true)
        }
        CallState::Failed { .. } => face("refused", BARRED, t.state_not_done(), true),
        CallState::Unknown => face("unknown", QUESTION, t.state_unknown(), true),
    }
}

fn verdict(why: &NotApproved, t: Texts) -> &'static str {
    match why {
        NotApproved::Denied => t.state_declined_you(),
        NotApproved::Declined { .. } => t.state_declined(),
        NotApproved::Expired => t.state_expired(),
        NotApproved::Cancelled => t.state_cancelled(),
        _ => t.state_unconfirmed(),
    }
}

/// A plain form that asks the administrators of the object for access; the page then tells how it went.
fn ask(call: &Call, page: &Page) -> AnyView {
    view! {
        <form method="post" action="/access/ask">
            <input type="hidden" name="conversation" value=page.conversation.clone()/>
            <input type="hidden" name="call" value=call.id.clone()/>
            <input type="hidden" name="duration" value="1h"/>
            <button class="btn" type="submit">{texts().card_ask_access()}</button>
        </form>
    }
    .into_any()
}

/// A button that copies a request to an administrator. The script of every page does it (`public/page.js`), and replaces
/// `{page}` with the address.
fn copy(text: String) -> AnyView {
    let t = texts();
    view! {
        <button class="btn" type="button" data-copy=text data-copied=t.copied()>{t.card_copy_request()}</button>
    }
    .into_any()
}

/// A button that asks again by posting a message, so that every check runs afresh. Its fixed id makes a second press
/// the same message.
fn again(call: &Call, label: &'static str, text: String, page: Page) -> AnyView {
    let id = format!("again-{}", call.id);
    view! {
        <form class="row" method="post" action="/api/chat/post" data-live="">
            <input type="hidden" name="conversation" value=page.conversation/>
            <input type="hidden" name="client_id" value=id/>
            <input type="hidden" name="text" value=text/>
            <button class="btn" type="submit">{label}</button>
        </form>
    }
    .into_any()
}
