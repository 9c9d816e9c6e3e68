//! Earlier turns of the conversation. They are outside the log, so that screen readers do not announce them as new.

use super::log::items;
use super::page::Page;
use crate::state::Transcript;
use crate::texts::texts;
use crate::wire::{Earlier, Past, Talk};
use leptos::prelude::*;

/// Renders the loaded earlier turns with links to more in both directions. Without a script the links lead to pages; with
/// one the earlier turns are put in above (`browser/earlier.rs`). `later` is set if the page begins with earlier turns: the
/// event number of the turns that follow, or `None` if those are the latest.
pub(super) fn earlier(page: &Page, transcript: &Transcript, later: Option<Option<u64>>) -> AnyView {
    let t = texts();
    let before = |number: u64| format!("/c/{}?before={number}", page.conversation);
    let later = later.map(|number| number.map_or_else(|| format!("/c/{}", page.conversation), before));
    let more = transcript.earlier;
    view! {
        <section class="log past" id="past" aria-label=t.log_earlier_label() hidden=more.is_none() && transcript.past.is_empty()>
            {more.map(|number| {
                view! { <p><a href=before(number) data-before=number.to_string()>{t.log_earlier()}</a></p> }
            })}
            {items(&transcript.past, page)}
            {later.map(|href| view! { <p><a href=href>{t.log_later()}</a></p> })}
        </section>
    }
    .into_any()
}

/// Renders the items of a page of earlier turns, and says which turns precede them.
pub(crate) fn earlier_of(talk: Talk) -> Earlier {
    let items_of = |past: &Past| Transcript::past_of(past, &talk.replaced);
    let past = talk.past.as_ref().map(items_of).unwrap_or_default();
    let page = Page {
        conversation: talk.conversation.unwrap_or_default(),
        asker: talk.asker,
        owner: talk.owner,
        reads_only: false,
    };
    Earlier { html: items(&past, &page).to_html(), earlier: talk.earlier }
}
