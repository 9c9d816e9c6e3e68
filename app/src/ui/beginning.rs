//! The island of the start page: the form for the first message.

use super::at_once::AtOnce;
use super::composer::Composer;
use super::elsewhere::elsewhere;
use super::island;
use leptos::prelude::*;

/// The composer of a new conversation.
#[island]
pub fn Beginning() -> impl IntoView {
    island::mark_alive();
    island::data().map(|talk| {
        let above = view! { <div class="elsewhere">{elsewhere(talk.elsewhere.clone())}</div> }.at_once();
        view! { <Composer talk above problem=RwSignal::new(None)/> }.at_once()
    })
}
