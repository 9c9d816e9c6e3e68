//! What a page needs to be rendered.

use super::Frame;
use serde::{Deserialize, Serialize};

/// The chat page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chat {
    /// On whose behalf the agent acts.
    pub me: Me,
    /// The conversation; `None` on the page that begins one.
    pub head: Option<Head>,
    /// The id that a new conversation will have.
    pub fresh: String,
    /// What makes the next post the same post when it is repeated.
    pub client_id: String,
    /// The newest conversations, newest first.
    pub heads: Vec<Head>,
    /// The server's time, in milliseconds since 1970: countdowns go by it, whatever the reader's clock says.
    pub now: i64,
    /// The log so far.
    pub frames: Vec<Frame>,
    /// What waits for the person's yes in other conversations.
    pub elsewhere: Vec<Waiting>,
}

/// A question that is open, or waits until another one is answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiting {
    /// The conversation that it was asked in.
    pub conversation: String,
    /// What would be done.
    pub summary: String,
}

/// A signed-in person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Me {
    /// Name.
    pub name: String,
    /// The sentence that greets the person.
    pub greeting: String,
    /// E-mail address.
    pub email: Option<String>,
}

/// A conversation in the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
}

/// A message was taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Posted {
    /// The conversation.
    pub conversation: String,
    /// The number of the message.
    pub said: u64,
    /// For the next post.
    pub next_client_id: String,
}
