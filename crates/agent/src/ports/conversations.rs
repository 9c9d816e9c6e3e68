//! Conversations as logs of numbered events, and the leases that say which instance runs a turn.
//! Every method takes the actor: keys start from the caller's identity, so a foreign id finds nothing.

use super::{Millis, Unavailable};
use crate::ids::{BadId, ConversationId};
use crate::prompts::OpenPrompt;
use crate::{Actor, turn::Event};
use async_trait::async_trait;
use std::fmt;
use std::str::FromStr;

/// An event with its place in the log. Numbers start at 1 and have no gaps.
#[derive(Debug, Clone, PartialEq)]
pub struct Numbered {
    /// Place in the log.
    pub number: u64,
    /// When it was appended.
    pub at: Millis,
    /// What happened.
    pub event: Event,
}

/// A conversation in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// Its id.
    pub id: ConversationId,
    /// Its title: the beginning of its first message.
    pub title: String,
    /// When it was begun.
    pub created: Millis,
}

/// A part of the list of an owner's conversations.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Listing {
    /// Conversations, the last used first.
    pub headers: Vec<Header>,
    /// The place behind which the list goes on, if it does.
    pub next: Option<ListCursor>,
}

/// A place in the list of an owner's conversations: behind the one with this id, last used at this time. As text it is
/// `<time>-<id>`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListCursor {
    /// The time of last use, not negative and of thirteen digits at most.
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

/// An event that was not appended.
#[derive(Debug, thiserror::Error)]
pub enum AppendError {
    /// Another event has this number already: read on and decide again.
    #[error("the number is taken")]
    Taken,
    /// The store did not answer; the event may or may not be there.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// A log that was not read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// A stored event is not what Countersign wrote. Nothing of this log may be acted on.
    #[error("event {number} of a log is {reason}")]
    Unreadable {
        /// The number of the first such event.
        number: u64,
        /// The finding.
        reason: Unreadable,
    },
    /// The store did not answer.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// The finding about a stored event that must not be acted on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// It is not sealed for its place: changed, moved or planted.
    #[error("not the one that was written here")]
    NotAuthentic,
    /// The keyring has no key of the name that it carries.
    #[error("sealed with a key that is not in the keyring")]
    UnknownKey,
    /// A later version of Countersign wrote it.
    #[error("of a format that this version does not know")]
    UnknownFormat,
    /// The log goes on behind it.
    #[error("missing")]
    Missing,
}

/// Whoever runs a turn leaves it as it is, and somebody tries again.
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
    /// Begins a conversation. Does nothing if the actor has one with this id already.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn begin(&self, actor: &Actor, header: &Header) -> Result<(), Unavailable>;

    /// The header, or `None` if this actor has no such conversation.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn header(&self, actor: &Actor, id: &ConversationId) -> Result<Option<Header>, Unavailable>;

    /// The conversations of the actor, the last used first, at most `most`: from the first one on, or from that behind `after`.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn list(&self, actor: &Actor, most: u32, after: Option<&ListCursor>) -> Result<Listing, Unavailable>;

    /// Appends under the condition that the number is free. A retry of the same call finds its own event and succeeds.
    ///
    /// # Errors
    /// See [`AppendError`].
    async fn append(&self, actor: &Actor, id: &ConversationId, event: &Numbered) -> Result<(), AppendError>;

    /// Appends as [`append`](Self::append) does and enqueues the conversation, both or neither: some instance then runs
    /// its turn, whatever becomes of this one. The conversation is then the last used one of its owner.
    ///
    /// # Errors
    /// See [`AppendError`].
    async fn append_and_enqueue(&self, actor: &Actor, id: &ConversationId, event: &Numbered)
    -> Result<(), AppendError>;

    /// All events after `number`, in order.
    ///
    /// # Errors
    /// See [`ReadError`].
    async fn read_after(&self, actor: &Actor, id: &ConversationId, number: u64) -> Result<Vec<Numbered>, ReadError>;
}

/// The state of a person's conversations at one moment, as far as a page that knows the rest needs it.
#[derive(Debug, Clone, Default)]
pub struct Glance {
    /// Changes with the list of conversations. `None` while nothing is listed.
    pub list: Option<Stamp>,
    /// The log has events beyond the last known one.
    pub grown: bool,
    /// The questions that the person has open; `None` if their record cannot be read.
    pub open: Option<Vec<OpenPrompt>>,
}

/// Looks at a person's conversations by one request.
#[async_trait]
pub trait Glances: Send + Sync {
    /// The state at `now` of the list, of the open questions, and of the log that is known up to an event, if one is named.
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

/// Names one running instance of the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeaseId(pub String);

/// Changes whenever the thing that carries it does: an entry of the queue when work is enqueued, so that nothing is
/// forgotten that was enqueued meanwhile; a list of conversations when one is begun or moved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamp(pub String);

/// The lease of an instance as it stands in the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// The instance.
    pub by: LeaseId,
    /// Changes with each renewal. One that has not changed for the time of a lease, by the clock of whoever watches it,
    /// belongs to an instance that is gone: no two machines' clocks are compared.
    pub beat: String,
}

/// An entry of the queue: a conversation with a turn to run.
#[derive(Debug, Clone)]
pub struct Work {
    /// The owner of the conversation.
    pub actor: Actor,
    /// The conversation.
    pub conversation: ConversationId,
    /// The instance that runs its turn, or did.
    pub holder: Option<Holder>,
}

/// The queue of conversations with a turn to run, and the instance that runs each.
#[async_trait]
pub trait Leases: Send + Sync {
    /// Takes or renews the lease, also from `gone` as long as it is still what it was; `None` when another instance holds it.
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

    /// Gives the lease back; the conversation stays in the queue.
    ///
    /// # Errors
    /// [`Unavailable`]; others then take it when its time is over.
    async fn release(&self, actor: &Actor, id: &ConversationId, by: &LeaseId) -> Result<(), Unavailable>;

    /// Gives the lease back and removes the conversation from the queue, unless it was enqueued again since `stamp`: then
    /// `false`, and the lease stays.
    ///
    /// # Errors
    /// [`Unavailable`]; somebody will look at it again.
    async fn complete(
        &self,
        actor: &Actor,
        id: &ConversationId,
        by: &LeaseId,
        stamp: &Stamp,
    ) -> Result<bool, Unavailable>;

    /// The whole queue. Entries that are not authentic or not readable are logged and left out.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn queue(&self) -> Result<Vec<Work>, Unavailable>;
}
