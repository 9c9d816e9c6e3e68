//! The types of an open page: what its island begins with, and the lines of `chat/live`, which say what changes. The server
//! renders everything that a conversation holds; the browser puts it in its place.

use super::ApiError;
use super::decode::wire;
use crate::state::Line;

wire! {
    /// The data of a page's island.
    pub struct Seed {
        /// See [`Talk::owner`](super::Talk::owner).
        pub owner: String,
        /// Id of the conversation; `None` on the page that starts one.
        pub conversation: Option<String>,
        /// Id for the next new conversation.
        pub fresh: String,
        /// Idempotency key of the next post: a retry with the same key is the same message.
        pub client_id: String,
        /// The server's time, in milliseconds since 1970; countdowns rely on it, because the reader's clock may be wrong.
        pub time: i64,
        /// The state of the conversation.
        pub now: Now,
        /// The message that the person edits, if any.
        pub edit: Option<Edit>,
        /// Approvals that wait in other conversations.
        pub elsewhere: Vec<Waiting>,
        /// Number of requests of other people that the person can answer, as of the page's load.
        pub others: u32,
    }
}

wire! {
    /// The state of a conversation.
    #[derive(Default)]
    pub struct Now {
        /// Number of the last event in the log; the stream continues after it.
        pub last: u64,
        /// Number of an event up to which nothing on the page changes any more. The stream needs it to continue.
        pub settled: u64,
        /// The activity.
        pub activity: Activity,
        /// The sentence about it for screen readers; empty if there is nothing to say.
        pub announcement: String,
        /// The approval request on a card of the page.
        pub request: Option<Request>,
        /// Set while the person is asked for an approval or an account.
        pub waits: bool,
    }
}

wire! {
    /// The activity of a conversation.
    #[derive(Copy, Default)]
    pub enum Activity {
        /// No turn is running.
        #[default]
        Idle,
        /// A turn is running and can be stopped.
        Running,
        /// A request waits for the person, who can cancel it on its card.
        Waiting,
    }
}

wire! {
    /// An approval request on a card of the page.
    pub struct Request {
        /// Summary of the action.
        pub summary: String,
        /// The code that the screen and the phone both show.
        pub code: Option<String>,
    }
}

wire! {
    /// One line of `chat/live`.
    pub enum Update {
        /// The end of the log has changed.
        Log {
            /// Number of the event after which the log is given anew.
            since: u64,
            /// The items after that event, in order.
            items: Vec<Piece>,
            /// The state of the conversation.
            now: Now,
        },
        /// The model no longer receives the messages above this one.
        Cut {
            /// Number of the first message that the model still receives.
            kept_from: u64,
            /// The line above it; the page shows one such line.
            html: String,
        },
        /// An edited message has replaced a part of the conversation.
        Replaced {
            /// Number of the first item of that part.
            from: u64,
            /// Number of the first item after it.
            by: u64,
            /// The element into which the items of that part move.
            html: String,
        },
        /// The whole unfinished block so far; replaces the text that the page has.
        Partial {
            /// Its finished parts as HTML, sanitized on the server.
            html: String,
            /// Its open part as plain text.
            text: String,
        },
        /// A change of the unfinished block that is more than added text.
        Block {
            /// HTML to append to the finished parts.
            html: String,
            /// The open part.
            text: String,
        },
        /// Text to append to the open part of the unfinished block.
        Delta {
            /// The text.
            text: String,
        },
        /// Heartbeat.
        Beat {
            /// Approvals that wait in other conversations; `None` if unknown.
            elsewhere: Option<Vec<Waiting>>,
        },
        /// The stream ends with an error.
        Fault {
            /// The error.
            error: ApiError,
        },
    }
}

wire! {
    /// An item of the log.
    pub struct Piece {
        /// Number of its event; 0 for the line or text that shows what the model is doing.
        pub n: u64,
        /// A key that changes whenever the item does.
        pub key: String,
        /// The item; `None` if the page has the one with this key.
        pub html: Option<String>,
    }
}

wire! {
    /// Earlier items, to be put in above those of the page.
    pub struct Earlier {
        /// The items.
        pub html: String,
        /// Event number to request the preceding ones with; `None` if there are none.
        pub earlier: Option<u64>,
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
    /// An approval request that is open or queued behind another one.
    pub struct Waiting {
        /// The conversation of the request.
        pub conversation: String,
        /// Summary of the action.
        pub summary: String,
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

impl Update {
    /// Returns the update as one line.
    #[cfg(feature = "ssr")]
    #[must_use]
    pub fn line(&self) -> String {
        crate::state::lines::written(self)
    }
}

impl Line for Update {
    fn read(line: &[u8]) -> Option<Self> {
        #[cfg(feature = "ssr")]
        return serde_json::from_slice(line).ok();
        #[cfg(not(feature = "ssr"))]
        super::decode::parse(std::str::from_utf8(line).ok()?)
    }
}
