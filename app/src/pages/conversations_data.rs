//! The data of the page of all conversations. Only the server has it.

use crate::wire::Me;
use serde::{Deserialize, Serialize};

/// A page of all conversations, or of those that a search found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConversationsPage {
    /// The signed-in person.
    pub me: Me,
    /// The search, as typed; `None` for the list of all.
    pub query: Option<String>,
    /// Conversations, most recently used first. A page of a search may be empty although [`next`](Self::next) is set: a
    /// request searches a bounded number of conversations.
    pub rows: Vec<ConversationRow>,
    /// Cursor of this page; `None` for the first one.
    pub after: Option<String>,
    /// Cursor of the next, older page, if there is one.
    pub next: Option<String>,
    /// The server's time, in milliseconds since 1970, by which days are grouped.
    pub now: i64,
}

/// A conversation on that page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConversationRow {
    /// Conversation id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// The time at which it was started, in milliseconds since 1970.
    pub created: i64,
    /// The time of its last message, in milliseconds since 1970.
    pub used: i64,
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
