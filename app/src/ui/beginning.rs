//! The island of the start page: the form for the first message.

use super::composer::Composer;
use super::island;
use super::strip::{elsewhere, lines};
use crate::state::Link;
use crate::wire::Activity;
use leptos::prelude::*;

/// The composer of a new conversation.
#[island]
pub fn Beginning() -> impl IntoView {
    island::mark_alive();
    island::data().map(|seed| {
        let (problem, sent) = (RwSignal::new(None), RwSignal::new(None));
        let waiting = elsewhere(&seed.elsewhere);
        let connection = Signal::derive(|| Link::Up);
        let above = lines(connection, problem, Signal::derive(move || waiting.clone()), "/".to_owned());
        let activity = Signal::derive(|| Activity::Idle);
        view! { <Composer seed above problem activity sent again=RwSignal::new(0) last=Signal::derive(|| 0)/> }
    })
}
