//! The chat page: the frame, the log, and the island with the composer. Only the server renders it.

use super::beginning::Beginning;
use super::conversation::Conversation;
use super::earlier::earlier;
use super::island;
use super::log::{log, now, resending};
use super::nav::Destination;
use super::page::Page;
use super::shell::frame;
use super::suggestions::suggestions;
use super::title::{counted, page_title};
use crate::pages::permissions::data::Suggestion;
use crate::state::Transcript;
use crate::texts::texts;
use crate::wire::{self, Seed, Talk};
use leptos::prelude::*;

/// A conversation, or the start page of a new one.
#[component]
pub fn Chat(
    chat: wire::Chat,
    /// The suggestions of a page that starts a conversation.
    tries: Vec<Suggestion>,
) -> impl IntoView {
    let t = texts();
    let wire::Chat { mut rail, head, talk } = chat;
    let transcript = Transcript::of_page(&talk);
    // The browser counts by the same rule, so the number stays when the page comes alive.
    rail.count = transcript.waiting_count();
    let title = head.as_ref().map_or_else(|| t.rail_new().to_owned(), |head| head.title.clone());
    page_title(counted(rail.count, &title));
    let data = island::block(seed(&talk, &transcript));
    let here = head.as_ref().map(|head| head.id.as_str());
    let body = match here {
        Some(id) => conversation(id, &talk, &transcript),
        None => view! {
            <main class="main" id="content">
                <div class="pane start">
                    <div class="log welcome">
                        <div>
                            <h2>{rail.me.greeting.clone()}</h2>
                            <p>{t.start_lead()}</p>
                        </div>
                        {suggestions(tries, &talk)}
                    </div>
                </div>
                <Beginning/>
            </main>
        }
        .into_any(),
    };
    view! {
        {data}
        {frame(&rail, here, Destination::Chat, &title, body)}
    }
}

fn conversation(id: &str, talk: &Talk, transcript: &Transcript) -> AnyView {
    let (asker, owner) = (talk.asker.clone(), talk.owner.clone());
    let page = Page { conversation: id.to_owned(), asker, owner, reads_only: false };
    view! {
        <main class="main" id="content" tabindex="-1">
            <div class="pane">
                <div class="logs">
                    {earlier(&page, transcript, talk.past.as_ref().map(|past| past.later))}
                    {log(&page, transcript)}
                </div>
            </div>
            {resending(&page)}
            <Conversation/>
        </main>
    }
    .into_any()
}

/// Returns the data of the island.
pub(super) fn seed(talk: &Talk, transcript: &Transcript) -> Seed {
    Seed {
        owner: talk.owner.clone(),
        conversation: talk.conversation.clone(),
        fresh: talk.fresh.clone(),
        client_id: talk.client_id.clone(),
        time: talk.now,
        now: now(transcript, false, texts()),
        edit: talk.edit.clone(),
        elsewhere: talk.elsewhere.clone(),
        others: talk.others,
    }
}
