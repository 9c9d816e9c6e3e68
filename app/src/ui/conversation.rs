//! The island of a conversation's page: the lines above the composer, and the composer. It also keeps the log alive, which
//! the server renders.

use super::composer::Composer;
use super::icons::{DOWN, Icon};
use super::island;
use super::scroll::Scroller;
use super::strip::{Line, elsewhere, lines};
use super::title::mark;
use crate::state::Link;
use crate::texts::texts;
use crate::wire::{ApiError, Now, Seed, Waiting};
use leptos::prelude::*;

/// The signals of a conversation's page.
#[derive(Debug, Clone, Copy)]
pub struct Signals {
    /// The state of the conversation.
    pub now: RwSignal<Now>,
    /// Approvals that wait in other conversations.
    pub elsewhere: RwSignal<Vec<Waiting>>,
    /// The state of the connection.
    pub link: RwSignal<Link>,
    /// The error shown above the composer.
    pub problem: RwSignal<Option<ApiError>>,
}

/// The conversation that the page's data describes.
#[island]
pub fn Conversation() -> impl IntoView {
    island::mark_alive();
    island::data().and_then(|seed| Some(living(seed.conversation.clone()?, seed)))
}

fn living(id: String, seed: Seed) -> impl IntoView {
    let signals = Signals {
        now: RwSignal::new(seed.now.clone()),
        elsewhere: RwSignal::new(seed.elsewhere.clone()),
        link: RwSignal::new(Link::Up),
        problem: RwSignal::new(None),
    };
    let Signals { now, elsewhere: others, link, problem } = signals;
    let (sent, scroller, again) = (RwSignal::new(None), Scroller::new(), RwSignal::new(0));
    let asked = seed.others;
    mark(Signal::derive(move || {
        let here = now.with(|now| u32::from(now.waits));
        here.saturating_add(others.with(|others| u32::try_from(others.len()).unwrap_or(u32::MAX))).saturating_add(asked)
    }));
    // A scroll event tells of text that moves the place; the rest appears with an event of the log.
    scroller.follow(move || now.track());
    // An own message is always brought into view.
    Effect::new(move |_| {
        if sent.with(Option::is_some) {
            scroller.to_end();
        }
    });
    let last = Signal::derive(move || now.with(|now| now.last));
    #[cfg(not(feature = "ssr"))]
    {
        super::sent::show(sent, last);
        crate::browser::keep_alive(id.clone(), seed.time, signals, scroller, again);
    }
    let line = Signal::derive(move || {
        let own = now.with(|now| now.request.clone()).filter(|_| scroller.hidden.get()).map(Line::of_card);
        own.or_else(|| others.with(|others| elsewhere(others)))
    });
    let activity = Signal::derive(move || now.with(|now| now.activity));
    let above = view! {
        {down(last, scroller)}
        {lines(link.into(), problem, line, format!("/c/{id}"))}
    };
    view! { <Composer seed above problem activity sent again last/> }
}

/// The button that leads back to the end; it says so if something new is there.
fn down(last: Signal<u64>, scroller: Scroller) -> impl IntoView {
    let (t, left_at) = (texts(), RwSignal::new(0));
    Effect::new(move |_| {
        if scroller.away.get() {
            left_at.set(last.get_untracked());
        }
    });
    let news = move || last.get() > left_at.get();
    view! {
        <div class="down" hidden=move || !scroller.away.get()>
            <button class="btn" type="button" on:click=move |_| scroller.to_end()>
                <Icon path=DOWN/>{move || if news() { t.scroll_news() } else { t.scroll_end() }}
            </button>
        </div>
    }
}
