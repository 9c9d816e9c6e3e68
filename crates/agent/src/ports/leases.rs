//! The queue of conversations with a turn to run, and the leases that say which instance runs it.

use super::Unavailable;
use crate::Actor;
use crate::ids::ConversationId;
use async_trait::async_trait;

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
