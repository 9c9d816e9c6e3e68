//! The data that a page is rendered from.

use super::Frame;
use super::decode::wire;

wire! {
    /// The data of the chat page.
    pub struct Chat {
        /// The part that every page shows.
        pub rail: Rail,
        /// The current conversation; `None` on the page that starts one.
        pub head: Option<Head>,
        /// The data of the island.
        pub talk: Talk,
    }
}

wire! {
    /// The data of the column that every page shows: the person, their conversations, and the pages they may open.
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
}

wire! {
    /// A role with pages of its own.
    #[derive(Copy)]
    pub enum Role {
        /// May read everybody's activity.
        Auditor,
        /// May review the tools of MCP servers.
        Operator,
    }
}

wire! {
    /// The data of a page's island: everything that changes while the page is open.
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
}

wire! {
    /// A part of a conversation that the model no longer receives, because an edited message replaced it.
    pub struct Replaced {
        /// Number of the message that was replaced, together with all that followed.
        pub from: u64,
        /// Number of the message that replaced it.
        pub by: u64,
    }
}

wire! {
    /// An own message that is edited: the composer holds its text, and what is sent replaces it.
    pub struct Edit {
        /// Number of the message.
        pub said: u64,
        /// Its text.
        pub text: String,
    }
}

wire! {
    /// The part of a loaded page that an open page inserts above its own turns.
    pub struct Earlier {
        /// See [`Talk::past`].
        pub past: Option<Past>,
        /// See [`Talk::earlier`].
        pub earlier: Option<u64>,
        /// See [`Talk::replaced`].
        pub replaced: Vec<Replaced>,
    }
}

wire! {
    /// The part of `chat/load` that an open page reads.
    pub struct LoadedEarlier {
        /// See [`Chat::talk`].
        pub talk: Earlier,
    }
}

wire! {
    /// A page of earlier turns.
    pub struct Past {
        /// The events of these turns.
        pub frames: Vec<Frame>,
        /// Event number to request the following turns with; `None` if those are the latest.
        pub later: Option<u64>,
    }
}

wire! {
    /// An approval request that is open or queued behind another one.
    pub struct Waiting {
        /// The conversation of the request.
        pub conversation: String,
        /// Summary of the action.
        pub summary: String,
    }
}

wire! {
    /// A signed-in person.
    pub struct Me {
        /// Display name.
        pub name: String,
        /// The greeting.
        pub greeting: String,
        /// Email address.
        pub email: Option<String>,
    }
}

wire! {
    /// A conversation in the list.
    pub struct Head {
        /// Conversation id.
        pub id: String,
        /// Its title.
        pub title: String,
        /// The day of its last use.
        pub day: Day,
    }
}

wire! {
    /// A day by its distance from the reader's today.
    #[derive(Copy)]
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
}

impl Day {
    /// Returns the heading of its group.
    #[cfg(feature = "ssr")]
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

wire! {
    /// The response to an accepted message.
    pub struct Posted {
        /// The conversation.
        pub conversation: String,
        /// Event number of the message.
        pub said: u64,
        /// Idempotency key for the next post.
        pub next_client_id: String,
    }
}
