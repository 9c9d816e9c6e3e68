//! One card for every call, whatever its state: colour, icon and words say the same.

use super::icons::{BARRED, CHAIN, CLOCK, Icon, QUESTION, RUNNING, TICK};
use crate::state::{Call, CallState};
use crate::wire::Refusal;
use leptos::prelude::*;

/// The card of a call.
#[component]
pub(super) fn CallCard(call: Call) -> impl IntoView {
    let Face { tone, icon, state, open } = face(&call.state);
    let label = format!("{}: {state}", call.summary);
    let body = body(&call.state);
    view! {
        <details class="call" data-state=tone open=open aria-label=label>
            <summary>
                <Icon path=icon/>
                <span class="what">{call.summary}</span>
                <span class="state">{state}</span>
            </summary>
            <div class="body">
                {body}
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

/// How a state looks. What needs the person's attention is open; what went well is folded.
fn face(state: &CallState) -> Face {
    let face = |tone, icon, state: &str, open| Face { tone, icon, state: state.to_owned(), open };
    match state {
        CallState::Checking => face("running", CLOCK, "checking your permission", false),
        CallState::Running => face("running", RUNNING, "working", false),
        CallState::Done { summary, took_ms } => face("done", TICK, &format!("done · {summary} · {took_ms} ms"), false),
        CallState::Refused(Refusal::Denied { .. } | Refusal::NoApprover) => {
            face("refused", BARRED, "not permitted", true)
        }
        CallState::Refused(Refusal::NotConnected { .. }) => face("account", CHAIN, "account wanted", true),
        CallState::Refused(Refusal::NotNow { .. }) => face("later", CLOCK, "not now", true),
        CallState::Refused(Refusal::BadInput { .. } | Refusal::OverLimit { .. }) => {
            face("refused", BARRED, "not done", true)
        }
        CallState::Failed { .. } => face("refused", BARRED, "not done", true),
        CallState::Unknown => face("unknown", QUESTION, "outcome unknown", true),
    }
}

fn body(state: &CallState) -> AnyView {
    match state {
        CallState::Checking | CallState::Running | CallState::Done { .. } => ().into_any(),
        CallState::Refused(refusal) => refused(refusal),
        CallState::Failed { reason } => view! { <p>{reason.clone()}</p> }.into_any(),
        CallState::Unknown => view! {
            <p>"This was begun, and its end was not seen. It will not be repeated by itself."</p>
        }
        .into_any(),
    }
}

fn refused(refusal: &Refusal) -> AnyView {
    match refusal.clone() {
        Refusal::Denied { relation, object } => view! {
            <p>"You lack "<code>{relation}</code>" on "<code>{object}</code>". Nothing was done."</p>
            <small>"Who manages permissions in your company can grant it. Then ask again; it counts at once."</small>
        }
        .into_any(),
        Refusal::NoApprover => view! {
            <p>"This needs your approval on another device, which is not set up here. Nothing was done."</p>
        }
        .into_any(),
        Refusal::NotConnected { provider } => view! {
            <p>"This needs your account at "<b>{provider}</b>", which is not connected. Nothing was done."</p>
        }
        .into_any(),
        Refusal::NotNow { service } => view! {
            <p>"We could not reach "<b>{service}</b>", so nothing was done. Ask again in a moment."</p>
        }
        .into_any(),
        Refusal::BadInput { reason } => view! { <p>{reason}" Nothing was done."</p> }.into_any(),
        Refusal::OverLimit { limit } => view! {
            <p>{format!("One answer may make at most {limit} calls. Nothing was done.")}</p>
        }
        .into_any(),
    }
}
