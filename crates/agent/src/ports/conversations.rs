//! Conversations as logs of numbered events. Every method takes the actor: store keys start with the caller's identity,
//! so another person's conversation id finds nothing.

use super::{Millis, Stamp, Unavailable};
use crate::ids::{BadId, ConversationId};
use crate::prompts::OpenPrompt;
use crate::search::SearchWords;
use crate::title::{Title, Titled};
use crate::{Actor, turn::Event};
use async_trait::async_trait;
use std::fmt;
use std::str::FromStr;

/// An event with its number in the log. Numbers start at 1 and have no gaps.
#[derive(Debug, Clone, PartialEq)]
pub struct Numbered {
    /// The number in the log.
    pub number: u64,
    /// The time at which it was appended.
    pub at: Millis,
    /// The event.
    pub event: Event,
}

/// An entry in the list of conversations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// Its id.
    pub id: ConversationId,
    /// Its title.
    pub title: String,
    /// The source of the title.
    pub titled: Titled,
    /// The time at which it was started.
    pub created: Millis,
    /// The time of its last message.
    pub used: Millis,
}

impl Header {
    /// Returns the header of a conversation that is started at `now` with this beginning of its first message.
    #[must_use]
    pub const fn new(id: ConversationId, title: String, now: Millis) -> Self {
        Self { id, title, titled: Titled::Message, created: now, used: now }
    }
}

/// A page of the list of an owner's conversations.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Listing {
    /// Conversations, most recently used first.
    pub headers: Vec<Header>,
    /// The position after which the list continues, if it does.
    pub next: Option<ListCursor>,
}

/// A position in the list of an owner's conversations: after the one with this id and this time of last use. Its text
/// form is `<time>-<id>`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListCursor {
    /// The time of last use, not negative and at most thirteen digits.
    pub used: Millis,
    /// The conversation.
    pub id: ConversationId,
}

impl fmt::Display for ListCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.used, self.id)
    }
}

impl FromStr for ListCursor {
    type Err = BadId;

    fn from_str(text: &str) -> Result<Self, BadId> {
        let (used, id) = text.split_once('-').ok_or(BadId)?;
        let used = used.parse().ok().filter(|used| (0..10_000_000_000_000).contains(used)).ok_or(BadId)?;
        Ok(Self { used, id: ConversationId::try_from(id.to_owned())? })
    }
}

/// The event was not appended.
#[derive(Debug, thiserror::Error)]
pub enum AppendError {
    /// Another event already has this number: read the new events and decide again.
    #[error("the number is taken")]
    Taken,
    /// The conversation was deleted, or never existed.
    #[error("the conversation was deleted")]
    Deleted,
    /// The store did not answer; the event may or may not have been appended.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// The log could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// A stored event is not the one that Countersign wrote. No part of this log may be acted on.
    #[error("event {number} of a log is {reason}")]
    Unreadable {
        /// The number of the first such event.
        number: u64,
        /// The reason.
        reason: Unreadable,
    },
    /// The log is being erased, or was.
    #[error("the conversation was deleted")]
    Deleted,
    /// The store did not answer.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// The reason why a stored event must not be acted on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// The event fails to decrypt for its place in the log: it was changed, moved or planted.
    #[error("not the event that was written here")]
    NotAuthentic,
    /// The event names a key that is not in the keyring.
    #[error("sealed with a key that is not in the keyring")]
    UnknownKey,
    /// A later version of Countersign wrote it.
    #[error("in a format that this version does not know")]
    UnknownFormat,
    /// The event is absent although later ones exist.
    #[error("missing")]
    Missing,
}

/// The instance that runs the turn leaves it as it is, and another attempt follows.
impl From<ReadError> for Unavailable {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::Unavailable(error) => error,
            ReadError::Unreadable { .. } | ReadError::Deleted => {
                Self::new("the record of this conversation", error.to_string())
            }
        }
    }
}

/// A conversation was not changed.
#[derive(Debug, thiserror::Error)]
pub enum ChangeError {
    /// This actor has no such conversation, or it was deleted.
    #[error("there is no such conversation")]
    NotFound,
    /// The store did not answer; the change may or may not have been made.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// Stores conversations.
#[async_trait]
pub trait Conversations: Send + Sync {
    /// Creates a conversation. Does nothing if the actor already has one with this id, or had one that was deleted.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn begin(&self, actor: &Actor, header: &Header) -> Result<(), Unavailable>;

    /// Returns the header, or `None` if this actor has no such conversation or it was deleted.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn header(&self, actor: &Actor, id: &ConversationId) -> Result<Option<Header>, Unavailable>;

    /// Lists up to `most` of the actor's conversations, most recently used first, starting after `after` if it is
    /// given.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn list(&self, actor: &Actor, most: u32, after: Option<&ListCursor>) -> Result<Listing, Unavailable>;

    /// Appends the event if its number is free. A retry of the same call finds its own event and succeeds. An event
    /// that starts a call ([`Event::starts_a_call`]) is not appended to a log that is being erased: its numbers are free
    /// again, so they no longer stop an instance that has lost its lease.
    ///
    /// # Errors
    /// See [`AppendError`].
    async fn append(&self, actor: &Actor, id: &ConversationId, event: &Numbered) -> Result<(), AppendError>;

    /// Appends as [`append`](Self::append) does and makes `title` the title if the current one is the beginning of the
    /// first message, both or neither.
    ///
    /// # Errors
    /// See [`AppendError`].
    async fn append_and_title(
        &self,
        actor: &Actor,
        id: &ConversationId,
        event: &Numbered,
        title: &Title,
    ) -> Result<(), AppendError>;

    /// Appends as [`append`](Self::append) does and enqueues the conversation, both or neither: an instance will then
    /// run the turn even if this one crashes. The conversation becomes the owner's most recently used one, and a search
    /// finds it by `words`, which replace the earlier ones.
    ///
    /// # Errors
    /// See [`AppendError`]; nothing is appended to a deleted conversation.
    async fn append_and_enqueue(
        &self,
        actor: &Actor,
        id: &ConversationId,
        event: &Numbered,
        words: &SearchWords,
    ) -> Result<(), AppendError>;

    /// Gives the conversation a title that no call replaces.
    ///
    /// # Errors
    /// See [`ChangeError`].
    async fn rename(&self, actor: &Actor, id: &ConversationId, title: &Title) -> Result<(), ChangeError>;

    /// Returns all events after `number`, in order. The log of a deleted conversation can be read until it is erased.
    ///
    /// # Errors
    /// See [`ReadError`].
    async fn read_after(&self, actor: &Actor, id: &ConversationId, number: u64) -> Result<Vec<Numbered>, ReadError>;
}

/// The state of a person's conversations at one moment, reduced to the parts that an open page needs for an update.
#[derive(Debug, Clone, Default)]
pub struct Glance {
    /// Changes whenever the list of conversations does. `None` while the list is empty.
    pub list: Option<Stamp>,
    /// The header of the known conversation; `None` if there is none or it was deleted.
    pub header: Option<Header>,
    /// The log has events after the last known one.
    pub grown: bool,
    /// The person's open questions; `None` if their record cannot be read.
    pub open: Option<Vec<OpenPrompt>>,
}

/// Reads the state of a person's conversations with one request.
#[async_trait]
pub trait Glances: Send + Sync {
    /// Returns the state at `now` of the list, of the open questions, and of the header and the log if `known` names a
    /// conversation and its last known event.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn glance(
        &self,
        actor: &Actor,
        known: Option<(&ConversationId, u64)>,
        now: Millis,
    ) -> Result<Glance, Unavailable>;
}
