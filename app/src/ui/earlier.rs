//! The turns before those that the page began with. They stand outside the log, so that nobody has them read aloud as news.

use super::at_once::AtOnce;
use super::log::items;
use super::page::Page;
use crate::api;
use crate::state::Transcript;
use leptos::ev::MouseEvent;
use leptos::html::Main;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// A link to earlier turns, those that were asked for, and a link on to the turns between them and the end. Without a script
/// the links lead to pages; with one the earlier turns come in above, and what is being read stays where it is.
#[component]
pub(super) fn Earlier(
    page: Page,
    /// The address of the turns that follow, if the page begins with turns of the past.
    later: Option<Option<u64>>,
    transcript: RwSignal<Transcript>,
    main: NodeRef<Main>,
) -> impl IntoView {
    let earlier = Memo::new(move |_| transcript.with(|transcript| transcript.earlier));
    let address = format!("/c/{}", page.conversation);
    let before = move |number: u64| format!("{address}?before={number}");
    let later = later.map(|number| number.map_or_else(|| format!("/c/{}", page.conversation), &before));
    let shown = page.clone();
    let show = move |event: MouseEvent| {
        if let Some(before) = earlier.get_untracked() {
            event.prevent_default();
            bring(shown.clone(), before, transcript, main);
        }
    };
    view! {
        <section class="log past" aria-label="Earlier messages" hidden=move || {
            transcript.with(|transcript| transcript.earlier.is_none() && transcript.past.is_empty())
        }>
            <p hidden=move || earlier.get().is_none()>
                <a href=move || earlier.get().map(&before) rel="external" on:click=show>"Show earlier messages"</a>
            </p>
            {items(page, Signal::derive(move || transcript.with(|transcript| transcript.past.clone())))}
            {later.map(|href| view! { <p><a href=href rel="external">"Show later messages"</a></p> })}
        </section>
    }
    .at_once()
}

/// Loads earlier turns and puts them above. The distance to the end stays, so the reader's place does; the keyboard's stays
/// on the link, or goes to the conversation when there is nothing more to show.
fn bring(page: Page, before: u64, transcript: RwSignal<Transcript>, main: NodeRef<Main>) {
    let Page { conversation, problem, .. } = page;
    spawn_local(async move {
        let loaded = api::load(Some(conversation), Some(before), None).await;
        let below = main.get_untracked().map(|main| main.scroll_height() - main.scroll_top());
        let chat = match loaded {
            Ok(chat) => chat,
            Err(error) => return problem.set(Some(error)),
        };
        problem.set(None);
        transcript.update(|transcript| transcript.prepend(before, chat));
        // Before the next picture, and after the list is drawn.
        request_animation_frame(move || {
            if let (Some(main), Some(below)) = (main.get_untracked(), below) {
                main.set_scroll_top(main.scroll_height() - below);
                if transcript.with_untracked(|transcript| transcript.earlier.is_none()) {
                    let _ = main.focus();
                }
            }
        });
    });
}
