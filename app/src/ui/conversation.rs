//! The island of a conversation's page: log, lines above the composer, composer.

use super::at_once::AtOnce;
use super::composer::{Activity, Composer};
use super::earlier::Earlier;
use super::icons::{DOWN, Icon};
use super::island;
use super::log::{Log, resending};
use super::page::{Page, ahead_of};
use super::scroll::Scroller;
use super::sent::bubble;
use super::strip::{Request, elsewhere, lines};
use super::title::mark;
use crate::state::{CallState, Link, Partial, Transcript, Turn};
use crate::texts::texts;
use crate::wire::Talk;
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
    mark(Signal::derive(move || transcript.with(Transcript::waiting_count)));
    let connection = follow(id.clone(), transcript, partial);
    let (problem, sent, scroller) = (RwSignal::new(None), RwSignal::new(None), Scroller::new());
    let again = RwSignal::new(0);
    // A scroll event tells of text that moves the place; the rest appears with an event of the log.
    scroller.follow(move || transcript.track());
    // An own message is always brought into view.
    Effect::new(move |_| {
        if sent.with(Option::is_some) {
            scroller.to_end();
        }
    });
    let page = Page {
        conversation: id.clone(),
        asker: talk.asker.clone(),
        owner: talk.owner.clone(),
        reads_only: false,
        problem,
        ahead: ahead_of(talk.now),
    };
    let request = Signal::derive(move || transcript.with(|transcript| request(transcript, scroller.hidden.get())));
    let above = view! {
        {down(transcript, scroller)}
        {lines(connection, problem, request, format!("/c/{id}"))}
    }
    .at_once();
    let activity = Signal::derive(move || transcript.with(activity));
    let last = Signal::derive(move || transcript.with(|transcript| transcript.last));
    let resending = resending(&page);
    let later = talk.past.as_ref().map(|past| past.later);
    view! {
        <main class="main" id="content" tabindex="-1">
            <div class="pane" node_ref=scroller.pane on:scroll=move |_| scroller.look()>
                <div class="logs">
                    <Earlier page=page.clone() later transcript scroller/>
                    <Log page transcript partial sent=bubble(sent, transcript, move || again.update(|again| *again += 1))/>
                </div>
            </div>
            {resending}
            <Composer talk above problem activity sent again last/>
        </main>
    }
    .at_once()
}

/// Returns the waiting request that the strip must name: this conversation's while its card is out of view, else one of
/// another conversation.
fn request(transcript: &Transcript, hidden: bool) -> Option<Request> {
    let own = transcript.asking().filter(|_| hidden).map(|call| Request {
        href: "#waiting".to_owned(),
        summary: call.summary.clone(),
        code: call.code.clone(),
    });
    own.or_else(|| elsewhere(&transcript.elsewhere))
}

fn activity(transcript: &Transcript) -> Activity {
    match transcript.turn {
        Turn::Idle => Activity::Idle,
        Turn::Calling { .. } if transcript.holds(|state| matches!(state, CallState::Asking(_))) => Activity::Waiting,
        Turn::Calling { .. } | Turn::Thinking { .. } | Turn::Speaking { .. } => Activity::Running,
    }
}

/// The button that leads back to the end; it says so if something new is there.
fn down(transcript: RwSignal<Transcript>, scroller: Scroller) -> AnyView {
    let (t, left_at) = (texts(), RwSignal::new(0));
    Effect::new(move |_| {
        if scroller.away.get() {
            left_at.set(transcript.with_untracked(|transcript| transcript.last));
        }
    });
    let news = move || transcript.with(|transcript| transcript.last) > left_at.get();
    view! {
        <div class="down" hidden=move || !scroller.away.get()>
            <button class="btn" type="button" on:click=move |_| scroller.to_end()>
                <Icon path=DOWN/>{move || if news() { t.scroll_news() } else { t.scroll_end() }}
            </button>
        </div>
    }
    .at_once()
}

/// Follows the conversation in the browser; does nothing on the server.
fn follow(id: String, transcript: RwSignal<Transcript>, partial: RwSignal<Partial>) -> Signal<Link> {
    #[cfg(feature = "hydrate")]
    {
        use crate::state::watch::{self, Feed};
        let link = RwSignal::new(Link::Up);
        // An effect, so that the first rendering equals the server's.
        Effect::new(move |_| watch::follow(id.clone(), Feed { transcript, partial, link }));
        link.into()
    }
    #[cfg(not(feature = "hydrate"))]
    {
        let _ = (id, transcript, partial);
        Signal::derive(|| Link::Up)
    }
}
