//! The data that the server renders a page from.

use super::{Edit, Frame, Waiting};
use serde::{Deserialize, Serialize};

/// The data of the chat page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chat {
    /// The part that every page shows.
    pub rail: Rail,
    /// The current conversation; `None` on the page that starts one.
    pub head: Option<Head>,
    /// The conversation.
    pub talk: Talk,
}

/// The data of the column that every page shows: the person, their conversations, and the pages they may open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rail {
    /// See [`Talk::owner`].
    pub owner: String,
    /// The signed-in person, on whose behalf the agent acts.
    pub me: Me,
    /// One page of the list of conversations, most recently used first.
    pub heads: Vec<Head>,
    /// Cursor that this page of the list was requested with; `None` for the first page.
    pub listed_after: Option<String>,
    /// Cursor for the next, older page of the list, if there is one.
    pub older: Option<String>,
    /// Approvals that wait, in any conversation.
    pub waiting: Vec<Waiting>,
    /// Number of everything that waits for the person, as the navigation and the title show it.
    pub count: u32,
    /// The pages that only holders of a role may open. A hint: each of them checks the role again.
    pub roles: Vec<Role>,
    /// The server's time, in milliseconds since 1970.
    pub now: i64,
}

/// A role with pages of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Role {
    /// May read everybody's activity.
    Auditor,
    /// May review the tools of MCP servers.
    Operator,
}

/// The data of a conversation's page: everything that changes while the page is open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Talk {
    /// Id of the signed-in person for the browser's own storage: drafts belong to a person.
    pub owner: String,
    /// The person, as a request to an administrator names them: name and e-mail address.
    pub asker: String,
    /// Id of the conversation; `None` on the page that starts one.
    pub conversation: Option<String>,
    /// Id for the next new conversation.
    pub fresh: String,
    /// Idempotency key of the next post: a retry with the same key is the same message.
    pub client_id: String,
    /// The server's time, in milliseconds since 1970; countdowns rely on it, because the reader's clock may be wrong.
    pub now: i64,
    /// The latest turns that fit on a page; an unfinished turn is always whole. If [`past`](Self::past) is set, only
    /// the unfinished turn.
    pub frames: Vec<Frame>,
    /// Number of the last event in the log; the stream continues after it.
    pub last: u64,
    /// The requested turns, if they are not the latest.
    pub past: Option<Past>,
    /// Event number to request the preceding turns with; `None` if there are none.
    pub earlier: Option<u64>,
    /// The parts of the conversation that edited messages have replaced.
    pub replaced: Vec<Replaced>,
    /// The message that the person edits, if any.
    pub edit: Option<Edit>,
    /// Approvals that wait in other conversations.
    pub elsewhere: Vec<Waiting>,
    /// Number of requests of other people that the person can answer, as of the page's load.
    pub others: u32,
}

/// A part of a conversation that the model no longer receives, because an edited message replaced it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Replaced {
    /// Number of the message that was replaced, together with all that followed.
    pub from: u64,
    /// Number of the message that replaced it.
    pub by: u64,
}

/// A page of earlier turns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Past {
    /// The events of these turns.
    pub frames: Vec<Frame>,
    /// Event number to request the following turns with; `None` if those are the latest.
    pub later: Option<u64>,
}

/// A signed-in person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Me {
    /// Display name.
    pub name: String,
    /// The greeting.
    pub greeting: String,
    /// Email address.
    pub email: Option<String>,
}

/// A conversation in the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// Conversation id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// The day of its last use.
    pub day: Day,
    /// The time of its last use, in RFC 3339 in UTC.
    pub utc: String,
    /// The time of day of its last use in the reader's zone.
    pub clock: String,
}

/// A day by its distance from the reader's today.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Day {
    /// Today.
    Today,
    /// Yesterday.
    Yesterday,
    /// Two to seven days ago.
    Week,
    /// Longer ago.
    Older,
}

impl Day {
    /// Returns the heading of its group.
    #[must_use]
    pub fn name(self, t: crate::texts::Texts) -> &'static str {
        match self {
            Self::Today => t.day_today(),
            Self::Yesterday => t.day_yesterday(),
            Self::Week => t.day_week(),
            Self::Older => t.day_older(),
        }
    }
}
