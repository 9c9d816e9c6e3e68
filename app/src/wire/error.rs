//! Errors that the person may read. Details for operators stay in the server's log.

use super::decode::wire;
#[cfg(feature = "ssr")]
use server_fn::codec::JsonEncoding;
#[cfg(feature = "ssr")]
use server_fn::error::{FromServerFnError, ServerFnErrorErr};

wire! {
    /// The error of a server function. It also travels in URLs of plain forms, so it must be short and hold no secret.
    #[derive(thiserror::Error)]
    pub enum ApiError {
        /// The session is missing or has ended.
        #[error("You've been signed out. Sign in again to continue; your text is kept.")]
        SignedOut,
        /// The conversation does not exist or belongs to somebody else; the two are indistinguishable on purpose.
        #[error("There is no such conversation.")]
        NotFound,
        /// The input is invalid.
        #[error("{0}")]
        Invalid(BadInput),
        /// A service cannot be reached.
        #[error("{service} cannot be reached right now. Nothing was lost; try again in a moment.")]
        NotNow {
            /// Name of the service, as the person knows it.
            service: String,
        },
        /// A limit is reached. The request was not accepted; nothing accepted earlier is lost.
        #[error("{limit}")]
        Limited {
            /// The limit that was reached.
            limit: Limit,
            /// Seconds after which a retry can succeed.
            retry_after_s: u32,
        },
        /// The stored conversation fails its integrity check, so nothing in it is shown or executed.
        #[error(
            "This conversation's record is damaged or was changed outside Countersign, so nothing in it is shown or carried out. \
             Begin a new conversation and tell your administrator."
        )]
        Damaged,
        /// The request does not come from one of Countersign's own pages.
        #[error("This request did not come from Countersign's own page.")]
        Foreign,
        /// Another person is signed in in this browser now, so the page is not theirs.
        #[error("Somebody else is signed in in this browser now. Nothing was sent, and your text is kept.")]
        OtherPerson,
        /// Countersign was updated, and the open page belongs to the version before.
        #[error("Countersign was updated. Reload this page to continue; your text is kept.")]
        Outdated,
        /// An unexpected error. The log holds the same id.
        #[error(
            "Something went wrong on our side. Nothing was lost. If it keeps happening, give your administrator this number: {id}"
        )]
        Internal {
            /// Id of the matching log line.
            id: String,
        },
        /// The server cannot be reached, or its response cannot be parsed.
        #[error("Not sent: Countersign can't be reached. Your text is still here; try again in a moment.")]
        Transport,
    }
}

wire! {
    /// The limits for one person.
    #[derive(Copy, thiserror::Error)]
    pub enum Limit {
        /// Messages per minute.
        #[error("You are sending messages very fast. Your text is kept; send it again in a moment.")]
        Posts,
        /// Messages waiting for their turn in one conversation.
        #[error(
            "Many messages are already waiting in this conversation. Your text is kept; send it when some are answered."
        )]
        Waiting,
        /// Open event streams, one for each open page.
        #[error("You have too many Countersign pages open. Close some, and this one will continue.")]
        Streams,
        /// Length of a conversation.
        #[error("This conversation has reached its maximum length. Start a new one.")]
        Length,
    }
}

wire! {
    /// The reason why an input is invalid.
    #[derive(thiserror::Error)]
    pub enum BadInput {
        /// The message is empty.
        #[error("Write a message first.")]
        Empty,
        /// The message is too long.
        #[error("Your message is {length} characters long; at most {limit} fit. Shorten it or send it in parts.")]
        TooLong {
            /// Length of the message in bytes.
            length: u32,
            /// Longest message accepted, in bytes.
            limit: u32,
        },
        /// The title is empty.
        #[error("Write a title first.")]
        NoTitle,
        /// The title is too long.
        #[error("This title is {length} characters long; at most {limit} fit. Shorten it.")]
        LongTitle {
            /// Length of the title in characters.
            length: u32,
            /// Longest title accepted, in characters.
            limit: u32,
        },
        /// A field is missing or malformed.
        #[error("The request is not complete. Reload the page and try again.")]
        Malformed,
        /// The message was answered, or the approval given, before it could be withdrawn.
        #[error("It is too late to take this back: it has already been answered.")]
        TooLate,
    }
}

#[cfg(feature = "ssr")]
impl FromServerFnError for ApiError {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            ServerFnErrorErr::Args(_) | ServerFnErrorErr::MissingArg(_) => Self::Invalid(BadInput::Malformed),
            _ => Self::Transport,
        }
    }
}
