//! What can go wrong, as the person may read it. What the log needs stays on the server.

use serde::{Deserialize, Serialize};
use server_fn::codec::JsonEncoding;
use server_fn::error::{FromServerFnError, ServerFnErrorErr};

/// Why a server function has no answer. Travels in URLs of plain forms too, so it holds nothing secret and nothing long.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum ApiError {
    /// There is no session, or it has ended.
    #[error("You are signed out. Sign in again to go on; your text is kept.")]
    SignedOut,
    /// There is no such thing, or it is not yours: the two look the same.
    #[error("There is no such conversation.")]
    NotFound,
    /// The input cannot be taken.
    #[error("{0}")]
    Invalid(BadInput),
    /// A service does not answer.
    #[error("{service} cannot be reached right now. Nothing was lost; try again in a moment.")]
    NotNow {
        /// The service, by the name a person knows.
        service: String,
    },
    /// A bound is reached; nothing was taken on, and nothing that was is lost.
    #[error("{limit}")]
    Limited {
        /// The bound.
        limit: Limit,
        /// Seconds after which a repeat can succeed.
        retry_after_s: u32,
    },
    /// The stored conversation is not what was written. Nothing in it is done.
    #[error(
        "This conversation's record is damaged or was changed outside Countersign, so nothing in it is shown or carried out. \
         Begin a new conversation and tell your administrator."
    )]
    Damaged,
    /// The request is not from our own page.
    #[error("This request did not come from Countersign's own page.")]
    Foreign,
    /// Something that should not happen; the log has the same id.
    #[error(
        "Something went wrong on our side. Nothing was lost. If it stays so, tell your administrator this number: {id}"
    )]
    Internal {
        /// Pairs with one line of the log.
        id: String,
    },
    /// The server could not be reached, or its answer not read.
    #[error("The server cannot be reached. Your text is still here; try again in a moment.")]
    Transport,
}

/// The bounds of what a person may have at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum Limit {
    /// Messages in a minute.
    #[error("You are sending messages very fast. Your text is kept; send it again in a moment.")]
    Posts,
    /// Messages that wait in a conversation.
    #[error("Many messages wait in this conversation already. Your text is kept; send it when some are answered.")]
    Waiting,
    /// Open pages.
    #[error("You have very many pages of Countersign open. Close some, and this one goes on.")]
    Streams,
    /// The length of a conversation.
    #[error("This conversation is as long as one can be. Begin a new one.")]
    Length,
}

/// What is wrong with an input.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum BadInput {
    /// Nothing was written.
    #[error("Write a message first.")]
    Empty,
    /// Too much was written.
    #[error("Your message is {length} characters long; at most {limit} fit. Shorten it or send it in parts.")]
    TooLong {
        /// Its length in bytes.
        length: u32,
        /// The most that fits.
        limit: u32,
    },
    /// A field is missing or malformed.
    #[error("The request is not complete. Reload the page and try again.")]
    Malformed,
    /// The message or the question is answered already.
    #[error("It is too late to take this back: it is answered already.")]
    TooLate,
}

impl FromServerFnError for ApiError {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            ServerFnErrorErr::Args(_) | ServerFnErrorErr::MissingArg(_) => Self::Invalid(BadInput::Malformed),
            _ => Self::Transport,
        }
    }
}
