//! The chat page: the frame around the island of the conversation. Only the server renders it.

use super::beginning::Beginning;
use super::conversation::Conversation;
use super::island;
use super::nav::Destination;
use super::shell::frame;
use super::suggestions::suggestions;
use super::title::{counted, page_title};
use crate::pages::permissions::data::Suggestion;
use crate::state::Transcript;
use crate::texts::texts;
use crate::wire;
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
    // The browser counts by the same function, so the number stays when the page comes alive.
    rail.count = Transcript::of_page(&talk).waiting_count();
    let title = head.as_ref().map_or_else(|| t.rail_new().to_owned(), |head| head.title.clone());
    page_title(counted(rail.count, &title));
    let tries = suggestions(tries, &talk);
    let data = island::block(talk);
    let here = head.as_ref().map(|head| head.id.as_str());
    let body = match here {
        Some(_) => view! { <Conversation/> }.into_any(),
        None => view! {
            <main class="main" id="content">
                <div class="pane start">
                    <div class="log welcome">
                        <div>
                            <h2>{rail.me.greeting.clone()}</h2>
                            <p>{t.start_lead()}</p>
                        </div>
                        {tries}
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
