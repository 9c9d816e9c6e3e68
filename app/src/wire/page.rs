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
    /// A part of the list of conversations, the last used first.
    pub heads: Vec<Head>,
    /// The place of the part of the list that was asked for; `None` for the first one.
    pub listed_after: Option<String>,
    /// The place to ask with for the conversations that were used before these, if there are any.
    pub older: Option<String>,
    /// The server's time, in milliseconds since 1970: countdowns go by it, whatever the reader's clock says.
    pub now: i64,
    /// The last turns that fit on a page, the open one always whole. Beside [`past`](Self::past), the unfinished turn alone.
    pub frames: Vec<Frame>,
    /// The number of the last event of the log: a stream goes on from there.
    pub last: u64,
    /// The turns that were asked for, where those are not the last ones.
    pub past: Option<Past>,
    /// The number to ask with for the turns before these; `None` when these are the first.
    pub earlier: Option<u64>,
    /// What waits for the person's yes in other conversations.
    pub elsewhere: Vec<Waiting>,
}

/// Turns of the past.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Past {
    /// Their events.
    pub frames: Vec<Frame>,
    /// The number to ask with for the turns that follow; `None` when those are the last ones.
    pub later: Option<u64>,
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
