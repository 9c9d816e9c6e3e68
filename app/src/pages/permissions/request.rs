//! Requests for access: the form to ask, the person's own, and those that the person may answer.

use super::data::{OwnRequest, RequestState, RequestToAnswer};
use leptos::prelude::*;

/// Renders the form that asks for the permission of a tool.
pub(super) fn form(tool: &str) -> AnyView {
    view! {
        <details>
            <summary class="btn">"Ask for access"</summary>
            <form class="filter" method="post" action="/access/ask">
                <input type="hidden" name="tool" value=tool.to_owned()/>
                <label>"Reason"<input class="field" name="reason" maxlength="500" autocomplete="off"/></label>
                <label>
                    "For"
                    <select name="duration">
                        <option value="1h">"1 hour"</option>
                        <option value="8h">"8 hours"</option>
                        <option value="7d">"7 days"</option>
                    </select>
                </label>
                <button class="btn first" type="submit">"Send the request"</button>
            </form>
        </details>
    }
    .into_any()
}

/// Renders one of the person's own requests.
pub(super) fn own(request: OwnRequest) -> AnyView {
    let OwnRequest { id, relation, object, reason, duration, conversation, state, .. } = request;
    let button = |verb: &str, label: &'static str| {
        let action = format!("/access/{id}/{verb}");
        view! { <form method="post" action=action><button class="btn" type="submit">{label}</button></form> }.into_any()
    };
    let way = match &state {
        RequestState::Open => Some(button("withdraw", "Withdraw the request")),
        RequestState::Granted { .. } => Some(revoke(&id, "Give the access back…")),
        _ => None,
    };
    let (tone, text) = said(&state);
    let reason = (!reason.is_empty()).then(|| view! { <p dir="auto">{reason}</p> });
    let conversation =
        conversation.map(|id| view! { <a class="btn" href=format!("/c/{id}")>"Open the conversation"</a> });
    view! {
        <li class="card">
            <h3><code>{relation}</code>" on "<code>{object}</code>" "<span class=tone>{text}</span></h3>
            <p><small>{format!("Asked for {duration}")}</small></p>
            {reason}
            <div class="row">{conversation}{way}</div>
        </li>
    }
    .into_any()
}

/// Renders somebody's request that the person may answer, or a grant that they may revoke.
pub(in crate::pages) fn answerable(request: RequestToAnswer) -> AnyView {
    let RequestToAnswer { id, name, email, relation, object, reason, durations, why, state, .. } = request;
    let open = state == RequestState::Open;
    let (tone, text) = said(&state);
    let who = match email {
        Some(email) => format!("{name} ({email})"),
        None => name,
    };
    let answer = if open {
        let options = durations.into_iter().map(|own| view! { <option value=own.value>{own.text}</option> });
        view! {
            <form class="filter" method="post" action=format!("/access/{id}/grant")>
                <label>"For"<select name="duration">{options.collect_view()}</select></label>
                <button class="btn first" type="submit">"Grant"</button>
            </form>
            <form class="filter" method="post" action=format!("/access/{id}/decline")>
                <label>"Reason, which they read"<input class="field" name="reason" maxlength="500" autocomplete="off"/></label>
                <button class="btn" type="submit">"Decline"</button>
            </form>
        }
        .into_any()
    } else {
        revoke(&id, "Take the access back…")
    };
    view! {
        <li class="card" data-state=if open { "waiting" } else { "done" }>
            <h3>{who}" "<span class=tone>{text}</span></h3>
            <p>"Asks for "<code>{relation}</code>" on "<code>{object}</code>"."</p>
            {(!reason.is_empty()).then(|| view! { <blockquote dir="auto">{reason}</blockquote> })}
            {why.into_iter().map(|sentence| view! { <p><small>{sentence}</small></p> }).collect_view()}
            {answer}
        </li>
    }
    .into_any()
}

/// The link to the page that shows what is lost before anything is taken back.
fn revoke(id: &str, label: &'static str) -> AnyView {
    view! { <a class="btn" href=format!("/access/{id}/revoke")>{label}</a> }.into_any()
}

/// Returns the tone and the words of a state.
fn said(state: &RequestState) -> (&'static str, String) {
    match state {
        RequestState::Open => ("tag wait", "Waiting for an answer".to_owned()),
        RequestState::Granted { by, until } => ("tag good", format!("Granted by {by} until {}", until)),
        RequestState::Ended { at } => ("tag mute", format!("Ended {}", at)),
        RequestState::Declined { by, reason } if reason.is_empty() => ("tag mute", format!("Declined by {by}")),
        RequestState::Declined { by, reason } => ("tag mute", format!("Declined by {by}: {reason}")),
        RequestState::Withdrawn => ("tag mute", "Withdrawn".to_owned()),
        RequestState::NotNeeded => ("tag mute", "Not needed any more".to_owned()),
        RequestState::Revoked { by } => ("tag mute", format!("Taken back by {by}")),
    }
}
