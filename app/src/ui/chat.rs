//! The chat page: list of conversations, header, log and composer.

use super::at_once::AtOnce;
use super::composer::Composer;
use super::earlier::Earlier;
use super::elsewhere::elsewhere;
use super::header::Header;
use super::log::Log;
use super::page::{Page, ahead_of, attempt};
use super::rail::{Rail, Talks};
use super::title::page_title;
use crate::api;
use crate::state::{Transcript, Turn};
use crate::wire;
use leptos::ev::SubmitEvent;
use leptos::html::Main;
use leptos::prelude::*;

/// A conversation, or the start page of a new one.
#[component]
pub fn Chat(chat: wire::Chat) -> impl IntoView {
    let current = chat.head.as_ref().map(|head| head.id.clone());
    let title = chat.head.as_ref().map_or_else(|| "New conversation".to_owned(), |head| head.title.clone());
    let (me, talks) = (chat.me.clone(), Talks::of(&chat));
    // The title shows a pending approval, because this tab may be one of many. The signal is reference-counted: the
    // server reads the title when the page's own signals may already be disposed.
    let waits = ArcRwSignal::new(false);
    let body = match current.clone() {
        Some(id) => view! { <Conversation id chat waits=waits.clone()/> }.at_once(),
        None => view! { <Beginning chat/> }.at_once(),
    };
    let name = title.clone();
    page_title(move || format!("{}{name} · Countersign", if waits.get() { "● Approve: " } else { "" }));
    view! {
        <div class="shell">
            <Rail talks=talks.clone()/>
            <Header me title talks/>
            {body}
        </div>
    }
    .at_once()
}

#[component]
fn Beginning(chat: wire::Chat) -> impl IntoView {
    let above = view! { <div class="elsewhere">{elsewhere(chat.elsewhere.clone())}</div> }.at_once();
    view! {
        <main class="main">
            <div class="log welcome">
                <h2>{chat.me.greeting.clone()}</h2>
                <p>"For example: "<q>"What are my Okta groups?"</q></p>
            </div>
            <Composer chat above problem=RwSignal::new(None)/>
        </main>
    }
    .at_once()
}

#[component]
fn Conversation(id: String, chat: wire::Chat, waits: ArcRwSignal<bool>) -> impl IntoView {
    let known = Transcript::of_page(&chat);
    waits.set(known.waits());
    let partial = RwSignal::new(known.partial.clone());
    let transcript = RwSignal::new(known);
    let main = NodeRef::<Main>::new();
    let busy = Memo::new(move |_| transcript.with(|transcript| transcript.turn != Turn::Idle));
    Effect::new(move |_| waits.set(transcript.with(Transcript::waits)));
    let others = Memo::new(move |_| transcript.with(|transcript| transcript.elsewhere.clone()));
    let banner = follow(id.clone(), transcript, partial);
    stay_at_end(main, transcript, partial);
    let problem = RwSignal::new(None);
    let page = Page { conversation: id.clone(), problem, ahead: ahead_of(chat.now) };
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
            <Earlier page=page.clone() later=chat.past.as_ref().map(|past| past.later) transcript main/>
            <Log page transcript partial/>
            <Composer chat above problem/>
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
