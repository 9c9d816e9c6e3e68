//! Earlier turns of the conversation. They are outside the log, so that screen readers do not announce them as new.

use super::at_once::AtOnce;
use super::log::items;
use super::page::Page;
use super::scroll::Scroller;
use crate::api;
use crate::state::Transcript;
use crate::texts::texts;
use leptos::ev::MouseEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// The loaded earlier turns with links to more in both directions. Without a script the links lead to pages; with one
/// the earlier turns are inserted above. The scroll area keeps its distance to the end, so the reader's place does not
/// move.
#[component]
pub(super) fn Earlier(
    page: Page,
    /// Set if the page begins with earlier turns: the event number of the turns that follow, or `None` if those are the
    /// latest.
    later: Option<Option<u64>>,
    transcript: RwSignal<Transcript>,
    scroller: Scroller,
) -> impl IntoView {
    let t = texts();
    let earlier = Memo::new(move |_| transcript.with(|transcript| transcript.earlier));
    let address = format!("/c/{}", page.conversation);
    let before = move |number: u64| format!("{address}?before={number}");
    let later = later.map(|number| number.map_or_else(|| format!("/c/{}", page.conversation), &before));
    let shown = page.clone();
    let show = move |event: MouseEvent| {
        if let Some(before) = earlier.get_untracked() {
            event.prevent_default();
            bring(shown.clone(), before, transcript, scroller);
        }
    };
    view! {
        <section class="log past" aria-label=t.log_earlier_label() hidden=move || {
            transcript.with(|transcript| transcript.earlier.is_none() && transcript.past.is_empty())
        }>
            <p hidden=move || earlier.get().is_none()>
                <a href=move || before(earlier.get().unwrap_or_default()) on:click=show>{t.log_earlier()}</a>
            </p>
            {items(page, Signal::derive(move || transcript.with(|transcript| transcript.past.clone())))}
            {later.map(|href| view! { <p><a href=href>{t.log_later()}</a></p> })}
        </section>
    }
    .at_once()
}

/// Loads earlier turns and inserts them above.
fn bring(page: Page, before: u64, transcript: RwSignal<Transcript>, scroller: Scroller) {
    let Page { conversation, problem, .. } = page;
    spawn_local(async move {
        match api::earlier(conversation, before).await {
            Ok(page) => {
                problem.set(None);
                scroller.keep_distance(|| transcript.update(|transcript| transcript.prepend(before, &page)));
            }
            Err(error) => problem.set(Some(error)),
        }
    });
}
