//! Up to four things that the person can ask for, on the page of a new conversation. Each is a form that asks at once, or
//! puts its beginning into the box if the person must complete it.

use super::icons::Icon;
use super::signs::{BULB, KEY};
use crate::pages::permissions::data::{Expectation, Suggestion};
use crate::texts::texts;
use crate::wire::Talk;
use leptos::prelude::*;

/// Renders the suggestions.
pub(super) fn suggestions(suggestions: Vec<Suggestion>, talk: &Talk) -> AnyView {
    let items = suggestions.into_iter().map(|own| one(own, talk)).collect_view();
    view! {
        <div class="tries">{items}</div>
        <p><a href="/help">{texts().start_all()}</a></p>
    }
    .into_any()
}

fn one(own: Suggestion, talk: &Talk) -> AnyView {
    let t = texts();
    let Suggestion { system, text, expect } = own;
    let (system, text) = (t.stored(&system).into_owned(), t.stored(&text).into_owned());
    let (icon, note) = match expect {
        Expectation::AnswersRightAway => (BULB, t.start_right_away(&system)),
        Expectation::YouConfirm => (KEY, t.start_confirm(&system)),
        Expectation::ConnectFirst(name) => (KEY, t.start_connect(&system, &name)),
        Expectation::Unknown => (BULB, system),
    };
    let label = view! { <Icon path=icon/><b>{text.clone()}</b><small>{note}</small> };
    match text.contains('…') {
        // The script of every page puts it into the box, with the caret at the gap.
        true => view! { <button class="try" type="button" data-draft=text>{label}</button> }.into_any(),
        false => view! {
            <form method="post" action=format!("/api/chat/start?owner={}", talk.owner)>
                <input type="hidden" name="conversation" value=talk.fresh.clone()/>
                <input type="hidden" name="client_id" value=talk.client_id.clone()/>
                <input type="hidden" name="text" value=text/>
                <button class="try" type="submit">{label}</button>
            </form>
        }
        .into_any(),
    }
}
