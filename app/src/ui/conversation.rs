//! The island of a conversation's page: log, banner, stop button and composer.

use super::at_once::AtOnce;
use super::composer::Composer;
use super::earlier::Earlier;
use super::elsewhere::elsewhere;
use super::island;
use super::log::Log;
use super::page::{Page, ahead_of, attempt};
use super::title::mark;
use crate::api;
use crate::state::{Transcript, Turn};
use crate::wire::Talk;
use leptos::ev::SubmitEvent;
use leptos::html::Main;
use leptos::prelude::*;

/// The conversation that the page's data describes.
#[island]
pub fn Conversation() -> impl IntoView {
    island::mark_alive();
    island::data().and_then(|talk| Some(living(talk.conversation.clone()?, talk)))
}

fn living(id: String, talk: Talk) -> AnyView {
    let known = Transcript::of_page(&talk);
    let partial = RwSignal::new(known.partial.clone());
    let transcript = RwSignal::new(known);
    let main = NodeRef::<Main>::new();
    let busy = Memo::new(move |_| transcript.with(|transcript| transcript.turn != Turn::Idle));
    mark(Signal::derive(move || transcript.with(Transcript::waits)));
    let others = Memo::new(move |_| transcript.with(|transcript| transcript.elsewhere.clone()));
    let banner = follow(id.clone(), transcript, partial);
    stay_at_end(main, transcript, partial);
    let problem = RwSignal::new(None);
    let page = Page { conversation: id.clone(), problem, ahead: ahead_of(talk.now) };
    let stopped = id.clone();
    let stop = move |event: SubmitEvent| {
        event.prevent_default();
        let id = stopped.clone();
        attempt(problem, api::stop(id));
    };
    let above = view! {
        {banner}
        <div class="elsewhere" role="status">{move || elsewhere(others.get())}</div>
        <div class="stop" hidden=move || !busy.get()>
            <form method="post" action="/api/chat/stop" on:submit=stop>
                <input type="hidden" name="conversation" value=id.clone()/>
                <button class="btn" type="submit">"Stop"</button>
            </form>
        </div>
    }
    .at_once();
    view! {
        <main class="main" node_ref=main tabindex="-1">
            <Earlier page=page.clone() later=talk.past.as_ref().map(|past| past.later) transcript main/>
            <Log page transcript partial/>
            <Composer talk above problem/>
        </main>
    }
    .at_once()
}

/// Follows the conversation in the browser and shows connection problems; does nothing on the server.
fn follow(id: String, transcript: RwSignal<Transcript>, partial: RwSignal<String>) -> AnyView {
    #[cfg(feature = "hydrate")]
    let link = {
        use crate::state::watch::{self, Feed, Link};
        let link = RwSignal::new(Link::Up);
        // An effect, so that the first rendering equals the server's.
        Effect::new(move |_| watch::follow(id.clone(), Feed { transcript, partial, link }));
        move || match link.get() {
            Link::Up => None,
            Link::Down => Some("The connection is lost. Reconnecting…".to_owned()),
            Link::Over(error) => Some(error.to_string()),
        }
    };
    #[cfg(not(feature = "hydrate"))]
    let link = {
        let _ = (id, transcript, partial);
        || None::<String>
    };
    view! { <div class="link" role="status">{move || link().map(|text| view! { <p>{text}</p> })}</div> }.at_once()
}

/// Keeps the end of the log in view, unless the person has scrolled up to read.
fn stay_at_end(main: NodeRef<Main>, transcript: RwSignal<Transcript>, partial: RwSignal<String>) {
    Effect::new(move |seen: Option<u64>| {
        let last = transcript.with(|transcript| transcript.last);
        partial.track();
        if let Some(main) = main.get() {
            let below = main.scroll_height() - main.scroll_top() - main.client_height();
            if seen.is_none() || below < 240 {
                main.set_scroll_top(main.scroll_height());
            }
        }
        last
    });
}
