//! Requests for access: the form to ask, the person's own, and those that the person may answer.

use super::data::{OwnRequest, RequestState, RequestToAnswer};
use crate::texts::texts;
use crate::ui::words::{NAMES, said, with_names};
use leptos::prelude::*;

/// Renders the form that asks for the permission of a tool.
pub(super) fn form(tool: &str) -> AnyView {
    let t = texts();
    view! {
        <details>
            <summary class="btn">{t.access_ask()}</summary>
            <form class="filter" method="post" action="/access/ask">
                <input type="hidden" name="tool" value=tool.to_owned()/>
                <label>{t.access_reason()}<input class="field" name="reason" maxlength="500" autocomplete="off"/></label>
                <label>
                    {t.access_for()}
                    <select name="duration">
                        <option value="1h">{t.duration_hour()}</option>
                        <option value="8h">{t.duration_hours()}</option>
                        <option value="7d">{t.duration_days()}</option>
                    </select>
                </label>
                <button class="btn first" type="submit">{t.access_send()}</button>
            </form>
        </details>
    }
    .into_any()
}

/// Renders one of the person's own requests.
pub(super) fn own(request: OwnRequest) -> AnyView {
    let OwnRequest { id, relation, object, reason, duration, conversation, state, .. } = request;
    let t = texts();
    let button = |verb: &str, label: &'static str| {
        let action = format!("/access/{id}/{verb}");
        view! { <form method="post" action=action><button class="btn" type="submit">{label}</button></form> }.into_any()
    };
    let way = match &state {
        RequestState::Open => Some(button("withdraw", t.access_withdraw())),
        RequestState::Granted { .. } => Some(revoke(&id, t.access_give_back())),
        _ => None,
    };
    let (tone, text) = state_text(&state);
    let reason = (!reason.is_empty()).then(|| view! { <p dir="auto">{reason}</p> });
    let conversation =
        conversation.map(|id| view! { <a class="btn" href=format!("/c/{id}")>{t.access_conversation()}</a> });
    view! {
        <li class="card">
            <h3>{permission(&t.access_on(NAMES[0], NAMES[1]), &relation, &object)}" "<span class=tone>{text}</span></h3>
            <p><small>{t.access_asked_for(&t.stored(&duration))}</small></p>
            {reason}
            <div class="row">{conversation}{way}</div>
        </li>
    }
    .into_any()
}

/// Renders somebody's request that the person may answer, or a grant that they may revoke.
pub(in crate::pages) fn answerable(request: RequestToAnswer) -> AnyView {
    let RequestToAnswer { id, name, email, relation, object, reason, durations, why, state, .. } = request;
    let t = texts();
    let open = state == RequestState::Open;
    let (tone, text) = state_text(&state);
    let who = match email {
        Some(email) => format!("{name} ({email})"),
        None => name,
    };
    let answer = if open {
        let options = durations
            .into_iter()
            .map(|own| view! { <option value=own.value>{t.stored(&own.text).into_owned()}</option> });
        view! {
            <form class="filter" method="post" action=format!("/access/{id}/grant")>
                <label>{t.access_for()}<select name="duration">{options.collect_view()}</select></label>
                <button class="btn first" type="submit">{t.access_grant()}</button>
            </form>
            <form class="filter" method="post" action=format!("/access/{id}/decline")>
                <label>{t.access_reason_read()}<input class="field" name="reason" maxlength="500" autocomplete="off"/></label>
                <button class="btn" type="submit">{t.access_decline()}</button>
            </form>
        }
        .into_any()
    } else {
        revoke(&id, t.access_take_back())
    };
    view! {
        <li class="card" data-state=if open { "waiting" } else { "done" }>
            <h3>{who}" "<span class=tone>{text}</span></h3>
            <p>{permission(&t.access_asks_for(NAMES[0], NAMES[1]), &relation, &object)}</p>
            {(!reason.is_empty()).then(|| view! { <blockquote dir="auto">{reason}</blockquote> })}
            {why.into_iter().map(|sentence| view! { <p><small>{t.stored(&sentence).into_owned()}</small></p> }).collect_view()}
            {answer}
        </li>
    }
    .into_any()
}

/// Renders a sentence about a permission.
fn permission(sentence: &str, relation: &str, object: &str) -> AnyView {
    said(with_names(sentence, [relation, object]))
}

/// The link to the page that shows what is lost before anything is taken back.
fn revoke(id: &str, label: &'static str) -> AnyView {
    view! { <a class="btn" href=format!("/access/{id}/revoke")>{label}</a> }.into_any()
}

/// Returns the tone and the words of a state.
fn state_text(state: &RequestState) -> (&'static str, String) {
    let t = texts();
    match state {
        RequestState::Open => ("tag wait", t.access_open().to_owned()),
        RequestState::Granted { by, until } => ("tag good", t.access_granted(by, until)),
        RequestState::Ended { at } => ("tag mute", t.access_ended(at)),
        RequestState::Declined { by, reason } if reason.is_empty() => ("tag mute", t.access_declined(by)),
        RequestState::Declined { by, reason } => ("tag mute", t.access_declined_reason(by, reason)),
        RequestState::Withdrawn => ("tag mute", t.access_withdrawn().to_owned()),
        RequestState::NotNeeded => ("tag mute", t.access_not_needed().to_owned()),
        RequestState::Revoked { by } => ("tag mute", t.access_taken_back(by)),
    }
}
