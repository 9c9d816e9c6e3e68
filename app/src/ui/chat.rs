//! The chat page: list of conversations, header, and the island of the conversation. Only the server renders it.

use super::beginning::Beginning;
use super::conversation::Conversation;
use super::header::Header;
use super::island;
use super::rail::{Rail, Talks};
use super::title::{of_conversation, page_title};
use crate::state::Transcript;
use crate::wire;
use leptos::prelude::*;

/// A conversation, or the start page of a new one.
#[component]
pub fn Chat(chat: wire::Chat) -> impl IntoView {
    let title = chat.head.as_ref().map_or_else(|| "New conversation".to_owned(), |head| head.title.clone());
    let (talks, begins, me) = (Talks::of(&chat), chat.head.is_none(), chat.me.clone());
    let talk = chat.into_talk();
    page_title(of_conversation(&title, Transcript::of_page(&talk).waits()));
    let data = island::block(talk);
    let body = if begins {
        view! {
            <main class="main">
                <div class="log welcome">
                    <h2>{me.greeting.clone()}</h2>
                    <p>"For example: "<q>"What are my Okta groups?"</q></p>
                </div>
                <Beginning/>
            </main>
        }
        .into_any()
    } else {
        view! { <Conversation/> }.into_any()
    };
    view! {
        {data}
        <div class="shell">
            <Rail talks=talks.clone()/>
            <Header me title talks/>
            {body}
        </div>
    }
}
