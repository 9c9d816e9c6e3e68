//! Conversations as logs of numbered events, and the leases that say which instance runs a turn. Every method takes the
//! actor: store keys start with the caller's identity, so another person's conversation id finds nothing.

use super::{Millis, Unavailable};
use crate::ids::{BadId, ConversationId};
use crate::prompts::OpenPrompt;
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
    /// Its title: the beginning of its first message.
    pub title: String,
    /// The time at which it was started.
    pub created: Millis,
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
            ReadError::Unreadable { .. } => Self::new("the record of this conversation", error.to_string()),
        }
    }
}

/// Stores conversations.
#[async_trait]
pub trait Conversations: Send + Sync {
    /// Creates a conversation. Does nothing if the actor already has one with this id.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn begin(&self, actor: &Actor, header: &Header) -> Result<(), Unavailable>;

    /// Returns the header, or `None` if this actor has no such conversation.
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

    /// Appends the event if its number is free. A retry of the same call finds its own event and succeeds.
    ///
    /// # Errors
    /// See [`AppendError`].
    async fn append(&self, actor: &Actor, id: &ConversationId, event: &Numbered) -> Result<(), AppendError>;

    /// Appends as [`append`](Self::append) does and enqueues the conversation, both or neither: an instance will then
    /// run the turn even if this one crashes. The conversation becomes the owner's most recently used one.
    ///
    /// # Errors
    /// See [`AppendError`].
    async fn append_and_enqueue(&self, actor: &Actor, id: &ConversationId, event: &Numbered)
    -> Result<(), AppendError>;

    /// Returns all events after `number`, in order.
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
    /// The log has events after the last known one.
    pub grown: bool,
    /// The person's open questions; `None` if their record cannot be read.
    pub open: Option<Vec<OpenPrompt>>,
}

/// Reads the state of a person's conversations with one request.
#[async_trait]
pub trait Glances: Send + Sync {
    /// Returns the state at `now` of the list, of the open questions, and of the log if `known` names a conversation
    /// and its last known event.
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

/// The id of one running instance of the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeaseId(pub String);

/// A version that changes whenever its carrier does. On an entry of the queue it changes when work is enqueued, so that
/// work enqueued meanwhile is not lost; on a list of conversations, when one is created or moved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamp(pub String);

/// The lease of an instance, as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// The instance.
    pub by: LeaseId,
    /// Changes with each renewal. If it stays the same for the length of a lease, by the clock of the observer, the
    /// instance is gone; clocks of two machines are never compared.
    pub beat: String,
}

/// An entry of the queue: a conversation with a turn to run.
#[derive(Debug, Clone)]
pub struct Work {
    /// The owner of the conversation.
    pub actor: Actor,
    /// The conversation.
    pub conversation: ConversationId,
    /// The instance that runs the turn, or last ran it.
    pub holder: Option<Holder>,
}

/// The queue of conversations with a turn to run, and the instance that runs each of them.
#[async_trait]
pub trait Leases: Send + Sync {
    /// Takes or renews the lease. Takes it over from `gone` if the stored lease is still exactly that. `None` if
    /// another instance holds it.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn take(
        &self,
        actor: &Actor,
        id: &ConversationId,
        by: &LeaseId,
        gone: Option<&Holder>,
    ) -> Result<Option<Stamp>, Unavailable>;

    /// Releases the lease; the conversation stays in the queue.
    ///
    /// # Errors
    /// [`Unavailable`]; others then take the lease when it expires.
    async fn release(&self, actor: &Actor, id: &ConversationId, by: &LeaseId) -> Result<(), Unavailable>;

    /// Releases the lease and removes the conversation from the queue. If it was enqueued again since `stamp`, returns
    /// `false` and keeps the lease.
    ///
    /// # Errors
    /// [`Unavailable`]; an instance will process the conversation again.
    async fn complete(
        &self,
        actor: &Actor,
        id: &ConversationId,
        by: &LeaseId,
        stamp: &Stamp,
    ) -> Result<bool, Unavailable>;

    /// Returns the whole queue. Entries that are unreadable or not authentic are logged and skipped.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn queue(&self) -> Result<Vec<Work>, Unavailable>;
}
