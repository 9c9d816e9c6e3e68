//! The conversations that the person used lately. The list tells when a conversation was used, not if its turn still runs, so
//! these are not called answers.

use super::Inbox;
use crate::texts::texts;
use crate::wire::{Day, Head, Rail};
use leptos::prelude::*;

/// Most conversations that are shown.
const MOST_SHOWN: usize = 5;

/// Returns the conversations of today and yesterday, the latest first, without those that wait for the person: these stand
/// above.
pub(super) fn recent<'a>(rail: &'a Rail, inbox: &Inbox) -> Vec<&'a Head> {
    let waits = |id: &String| {
        let asks = inbox.approvals.iter().any(|approval| approval.conversation.as_ref() == Some(id));
        asks || rail.waiting.iter().any(|waiting| waiting.conversation == *id)
    };
    let lately = rail.heads.iter().filter(|head| matches!(head.day, Day::Today | Day::Yesterday));
    lately.filter(|head| !waits(&head.id)).take(MOST_SHOWN).collect()
}

/// Renders the section; nothing without a conversation.
pub(super) fn section(heads: &[&Head]) -> Option<AnyView> {
    let t = texts();
    let items = heads.iter().map(|head| {
        let Head { id, title, day, utc, clock } = (*head).clone();
        let used = t.inbox_used(day.name(t), &clock);
        view! {
            <li class="card">
                <h3><a href=format!("/c/{id}") dir="auto">{title}</a><small><time datetime=utc>{used}</time></small></h3>
            </li>
        }
    });
    let items = items.collect_view();
    (!heads.is_empty()).then(|| view! { <h2>{t.inbox_recent()}</h2><ul class="cards">{items}</ul> }.into_any())
}

#[cfg(test)]
mod tests;
