//! All conversations, with search, rename, delete with undo, and export. Everything works without a script.

use super::load::{Named, page};
use crate::texts::texts;
use crate::ui::manage::manage;
use crate::ui::nav::Destination;
use crate::wire::Day;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// A page of all conversations, or of those that a search found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Conversations {
    /// The search, as typed; `None` for the list of all.
    pub query: Option<String>,
    /// Conversations, most recently used first. A page of a search may be empty although [`next`](Self::next) is set: a
    /// request searches a bounded number of conversations.
    pub rows: Vec<ConversationRow>,
    /// Query string of the next, older page, if there is one.
    pub next: Option<String>,
    /// The conversation that was just deleted and can be restored.
    pub deleted: Option<String>,
}

/// A conversation on that page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConversationRow {
    /// Conversation id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// The day of its last message.
    pub day: Day,
    /// The time of its last message, in the reader's zone.
    pub used: String,
    /// The words of the title and of the person's messages that the search matched, in lower case and without
    /// diacritics.
    pub matched: Vec<String>,
}

/// The answer to the deletion of a conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deleted {
    /// The conversation.
    pub conversation: String,
    /// The time until which it can be restored, in milliseconds since 1970.
    pub until: i64,
}

/// The page at `/conversations`.
#[component]
pub fn ConversationsPage() -> impl IntoView {
    page(
        Named(Destination::Conversations, texts().conversations_title()),
        |backend, query| async move { Ok(backend.conversations(&query).await?) },
        |_, data| content(data),
    )
}

fn content(data: Conversations) -> AnyView {
    let t = texts();
    let Conversations { query, rows, next, deleted } = data;
    let searched = query.is_some();
    let none = rows.is_empty().then(|| {
        let text = match (searched, next.is_some()) {
            (true, true) => t.conversations_none_yet(),
            (true, false) => t.conversations_none_found(),
            (false, _) => t.conversations_none(),
        };
        view! { <p>{text}</p> }
    });
    let groups = rows.chunk_by(|one, next| one.day == next.day).map(|group| {
        let name = group.first().map(|row| row.day.name(t));
        view! { <h2>{name}</h2><ul class="cards">{group.iter().cloned().map(row).collect_view()}</ul> }
    });
    let more = if searched { t.conversations_search_older() } else { t.conversations_older() };
    let next = next.map(|query| view! { <p><a class="btn" href=format!("/conversations?{query}")>{more}</a></p> });
    view! {
        {deleted.map(undo)}
        <form class="filter" role="search" aria-label=t.conversations_title() action="/conversations">
            <label>{t.conversations_search()}
                <input class="field" name="q" type="search" value=query autocomplete="off"/></label>
            <button class="btn" type="submit">{t.search()}</button>
        </form>
        {none}
        {groups.collect_view()}
        {next}
        <h2>{t.conversations_download()}</h2>
        <p>{t.conversations_download_lead()}</p>
        <p class="row">
            <a class="btn" href="/export/markdown" download="">{t.conversations_all_markdown()}</a>
            <a class="btn" href="/export/json" download="">{t.conversations_all_json()}</a>
        </p>
    }
    .into_any()
}

/// The way back after a deletion.
fn undo(conversation: String) -> AnyView {
    let t = texts();
    view! {
        <form class="strip" method="post" action="/api/chat/restore" role="status">
            <input type="hidden" name="conversation" value=conversation/>
            <b>{t.conversations_deleted()}</b>
            <button class="btn" type="submit">{t.undo()}</button>
        </form>
    }
    .into_any()
}

fn row(row: ConversationRow) -> AnyView {
    let t = texts();
    let ConversationRow { id, title, used, matched, .. } = row;
    let found = (!matched.is_empty()).then(|| view! { <small>{t.conversations_found(&matched.join(", "))}</small> });
    view! {
        <li class="card">
            <h3><a href=format!("/c/{id}") dir="auto">{title.clone()}</a><small>{used}</small></h3>
            {found}
            <details>
                <summary class="btn quiet">{t.conversations_menu()}<span class="unseen">{format!(": {title}")}</span></summary>
                {manage(&id, &title)}
            </details>
        </li>
    }
    .into_any()
}
