//! The data that a page is rendered from.

use super::Frame;
use super::decode::wire;

wire! {
    /// The data of the chat page.
    pub struct Chat {
        /// The signed-in person, on whose behalf the agent acts.
        pub me: Me,
        /// The current conversation; `None` on the page that starts one.
        pub head: Option<Head>,
        /// Id for the next new conversation.
        pub fresh: String,
        /// Idempotency key of the next post: a retry with the same key is the same message.
        pub client_id: String,
        /// One page of the list of conversations, most recently used first.
        pub heads: Vec<Head>,
        /// Cursor that this page of the list was requested with; `None` for the first page.
        pub listed_after: Option<String>,
        /// Cursor for the next, older page of the list, if there is one.
        pub older: Option<String>,
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
        /// Approvals that wait in other conversations.
        pub elsewhere: Vec<Waiting>,
    }
}

wire! {
    /// The data of a page's island: everything that changes while the page is open.
    pub struct Talk {
        /// Id of the conversation; `None` on the page that starts one.
        pub conversation: Option<String>,
        /// See [`Chat::fresh`].
        pub fresh: String,
        /// See [`Chat::client_id`].
        pub client_id: String,
        /// See [`Chat::now`].
        pub now: i64,
        /// See [`Chat::frames`].
        pub frames: Vec<Frame>,
        /// See [`Chat::last`].
        pub last: u64,
        /// See [`Chat::past`].
        pub past: Option<Past>,
        /// See [`Chat::earlier`].
        pub earlier: Option<u64>,
        /// See [`Chat::elsewhere`].
        pub elsewhere: Vec<Waiting>,
    }
}

impl Chat {
    /// Returns the data of the page's island.
    #[must_use]
    pub fn into_talk(self) -> Talk {
        Talk {
            conversation: self.head.map(|head| head.id),
            fresh: self.fresh,
            client_id: self.client_id,
            now: self.now,
            frames: self.frames,
            last: self.last,
            past: self.past,
            earlier: self.earlier,
            elsewhere: self.elsewhere,
        }
    }
}

wire! {
    /// The part of a loaded page that an open page inserts above its own turns.
    pub struct Earlier {
        /// See [`Chat::past`].
        pub past: Option<Past>,
        /// See [`Chat::earlier`].
        pub earlier: Option<u64>,
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
        /// The time of its last message, in milliseconds since 1970.
        pub used: i64,
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
