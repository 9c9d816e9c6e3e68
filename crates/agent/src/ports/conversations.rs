//! Conversations as logs of numbered events, and the leases that say which instance runs a turn.
//! Every method takes the actor: keys start from the caller's identity, so a foreign id finds nothing.

use super::{Millis, Unavailable};
use crate::{Actor, ids::ConversationId, turn::Event};
use async_trait::async_trait;

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

/// Why an event was not appended.
#[derive(Debug, thiserror::Error)]
pub enum AppendError {
    /// Another event has this number already: read on and try the next one.
    #[error("the number is taken")]
    Taken,
    /// The store did not answer; the event may or may not be there.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
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

    /// The newest conversations of the actor, newest first, at most `most`.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn list(&self, actor: &Actor, most: u32) -> Result<Vec<Header>, Unavailable>;

    /// Appends under the condition that the number is free.
    ///
    /// # Errors
    /// See [`AppendError`].
    async fn append(&self, actor: &Actor, id: &ConversationId, event: &Numbered) -> Result<(), AppendError>;

    /// All events after `number`, in order.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn read_after(&self, actor: &Actor, id: &ConversationId, number: u64) -> Result<Vec<Numbered>, Unavailable>;
}

/// Names one running instance of the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeaseId(pub String);

/// Changes whenever work is noted, so that nothing is forgotten that was noted meanwhile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamp(pub String);

/// Says which conversations have work, and which instance does it.
#[async_trait]
pub trait Leases: Send + Sync {
    /// Notes that a conversation has work, so that some instance does it, whatever becomes of this one.
    ///
    /// # Errors
    /// [`Unavailable`]: then the work must not be taken on.
    async fn note(&self, actor: &Actor, id: &ConversationId) -> Result<(), Unavailable>;

    /// Takes or renews the lease until `until`; none when another instance holds a live one.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn take(
        &self,
        actor: &Actor,
        id: &ConversationId,
        by: &LeaseId,
        now: Millis,
        until: Millis,
    ) -> Result<Option<Stamp>, Unavailable>;

    /// Gives the lease back; the work stays noted.
    ///
    /// # Errors
    /// [`Unavailable`]; it then ends by itself.
    async fn release(&self, actor: &Actor, id: &ConversationId, by: &LeaseId) -> Result<(), Unavailable>;

    /// Gives the lease back and forgets the work, unless more was noted since `stamp`: then `false`, and the lease stays.
    ///
    /// # Errors
    /// [`Unavailable`]; somebody will look at it again.
    async fn rest(&self, actor: &Actor, id: &ConversationId, by: &LeaseId, stamp: &Stamp) -> Result<bool, Unavailable>;

    /// Work that nobody holds a live lease for.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn left(&self, now: Millis) -> Result<Vec<(Actor, ConversationId)>, Unavailable>;
}
