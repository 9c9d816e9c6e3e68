//! Errors that the person may read. Details for operators stay in the server's log.

use super::decode::wire;
use crate::texts::Texts;
#[cfg(feature = "ssr")]
use server_fn::codec::JsonEncoding;
#[cfg(feature = "ssr")]
use server_fn::error::{FromServerFnError, ServerFnErrorErr};

wire! {
    /// The error of a server function. It also travels in URLs of plain forms, so it must be short and hold no secret.
    pub enum ApiError {
        /// The session is missing or has ended.
        SignedOut,
        /// The conversation does not exist or belongs to somebody else; the two are indistinguishable on purpose.
        NotFound,
        /// The input is invalid.
        Invalid(BadInput),
        /// A service cannot be reached.
        NotNow {
            /// Name of the service, as the person knows it.
            service: String,
        },
        /// A limit is reached. The request was not accepted; nothing accepted earlier is lost.
        Limited {
            /// The limit that was reached.
            limit: Limit,
            /// Seconds after which a retry can succeed.
            retry_after_s: u32,
        },
        /// The stored conversation fails its integrity check, so nothing in it is shown or executed.
        Damaged,
        /// The request does not come from one of Countersign's own pages.
        Foreign,
        /// Another person is signed in in this browser now, so the page is not theirs.
        OtherPerson,
        /// Countersign was updated, and the open page belongs to the version before.
        Outdated,
        /// An unexpected error. The log holds the same id.
        Internal {
            /// Id of the matching log line.
            id: String,
        },
        /// The server cannot be reached, or its response cannot be parsed.
        Transport,
    }
}

wire! {
    /// The limits for one person.
    #[derive(Copy)]
    pub enum Limit {
        /// Messages per minute.
        Posts,
        /// Messages waiting for their turn in one conversation.
        Waiting,
        /// Open event streams, one for each open page.
        Streams,
        /// Length of a conversation.
        Length,
    }
}

wire! {
    /// The reason why an input is invalid.
    pub enum BadInput {
        /// The message is empty.
        Empty,
        /// The message is too long.
        TooLong {
            /// Length of the message in bytes.
            length: u32,
            /// Longest message accepted, in bytes.
            limit: u32,
        },
        /// The title is empty.
        NoTitle,
        /// The title is too long.
        LongTitle {
            /// Length of the title in characters.
            length: u32,
            /// Longest title accepted, in characters.
            limit: u32,
        },
        /// The message that was to be replaced is not there, or an answer is running.
        NotReplaceable,
        /// A field is missing or malformed.
        Malformed,
        /// The message was answered, or the approval given, before it could be withdrawn.
        TooLate,
    }
}

impl ApiError {
    /// Returns the sentence for the person.
    #[must_use]
    pub fn text(&self, t: Texts) -> String {
        match self {
            Self::SignedOut => t.error_signed_out().to_owned(),
            Self::NotFound => t.error_not_found().to_owned(),
            Self::Invalid(bad) => bad.text(t),
            Self::NotNow { service } => t.error_not_now(service),
            Self::Limited { limit, .. } => limit.text(t).to_owned(),
            Self::Damaged => t.error_damaged().to_owned(),
            Self::Foreign => t.error_foreign().to_owned(),
            Self::OtherPerson => t.error_other_person().to_owned(),
            Self::Outdated => t.error_outdated().to_owned(),
            Self::Internal { id } => t.error_internal(id),
            Self::Transport => t.error_transport().to_owned(),
        }
    }
}

impl Limit {
    fn text(self, t: Texts) -> &'static str {
        match self {
            Self::Posts => t.limit_posts(),
            Self::Waiting => t.limit_waiting(),
            Self::Streams => t.limit_streams(),
            Self::Length => t.limit_length(),
        }
    }
}

impl BadInput {
    fn text(&self, t: Texts) -> String {
        match self {
            Self::Empty => t.input_empty().to_owned(),
            Self::TooLong { length, limit } => t.input_too_long((*length).into(), (*limit).into()),
            Self::NoTitle => t.input_no_title().to_owned(),
            Self::LongTitle { length, limit } => t.input_long_title((*length).into(), (*limit).into()),
            Self::NotReplaceable => t.input_not_replaceable().to_owned(),
            Self::Malformed => t.input_malformed().to_owned(),
            Self::TooLate => t.input_too_late().to_owned(),
        }
    }
}

/// For the server's log.
#[cfg(feature = "ssr")]
impl std::fmt::Display for ApiError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text(Texts::default()))
    }
}

#[cfg(feature = "ssr")]
impl std::error::Error for ApiError {}

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
