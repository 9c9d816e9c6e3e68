//! The deletion of conversations. It has two steps: a conversation is hidden, which its owner can undo for a short time;
//! afterwards it is erased, by whatever instance finds it due.

use super::{ChangeError, Millis, Numbered, Unavailable};
use crate::Actor;
use crate::ids::ConversationId;
use crate::search::SearchWords;
use async_trait::async_trait;

/// The request to hide a conversation.
#[derive(Debug, Clone, Copy)]
pub struct Hiding<'a> {
    /// The events to append in the same step: they stop the running turn and withdraw the messages that wait.
    pub events: &'a [Numbered],
    /// The number of the last event that they are based on: a message that came later must be withdrawn, too. `None` for
    /// a log that cannot be read.
    pub last: Option<u64>,
    /// The time until which it can be restored.
    pub until: Millis,
    /// Hides the conversation only if this is the time of its last use.
    pub if_last_used: Option<Millis>,
}

/// The conversation was not hidden.
#[derive(Debug, thiserror::Error)]
pub enum HideError {
    /// This actor has no such conversation, or it is being erased.
    #[error("there is no such conversation")]
    NotFound,
    /// The log or the header has changed: read the new events and decide again.
    #[error("the conversation has changed")]
    Changed,
    /// It was used meanwhile.
    #[error("the conversation was used meanwhile")]
    Used,
    /// The store did not answer; the conversation may or may not be hidden.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// A hidden conversation whose time is over.
#[derive(Debug, Clone)]
pub struct Erasure {
    /// The owner.
    pub actor: Actor,
    /// The conversation.
    pub conversation: ConversationId,
    /// The time until which it could be restored.
    pub until: Millis,
    /// The time at which this pass was due.
    pub due: Millis,
    /// The pass.
    pub pass: Pass,
}

/// The pass of an erasure. An instance that had lost its lease may write a late event after the first one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pass {
    /// Erases everything but a marker, by which late writes and repeated requests are recognised.
    First,
    /// Erases late writes and the marker.
    Last,
}

/// The progress of an erasure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// Something may be left.
    More,
    /// Nothing is left.
    Done,
}

/// A conversation that was not used for long, as far as its timer tells. The timer does not move with each use.
#[derive(Debug, Clone)]
pub struct Unused {
    /// The owner.
    pub actor: Actor,
    /// The conversation.
    pub conversation: ConversationId,
    /// The time in its timer: when it was used, it was used at this time or later.
    pub used: Millis,
}

/// Stores the deletion of conversations.
#[async_trait]
pub trait Deletions: Send + Sync {
    /// Hides a conversation: it is in no list and in no search, nothing is posted to it, and it is due to be erased.
    /// Returns the time until which it can be restored; the earlier one if it is hidden already.
    ///
    /// # Errors
    /// See [`HideError`].
    async fn hide(&self, actor: &Actor, id: &ConversationId, hiding: Hiding<'_>) -> Result<Millis, HideError>;

    /// Restores a hidden conversation to its place in the list; a search finds it by `words`. Does nothing to one that is
    /// not hidden.
    ///
    /// # Errors
    /// See [`ChangeError`]: a conversation whose time is over at `now` is not found.
    async fn restore(
        &self,
        actor: &Actor,
        id: &ConversationId,
        words: &SearchWords,
        now: Millis,
    ) -> Result<(), ChangeError>;

    /// Lists erasures that are due at `now`, a bounded number. Entries that are not authentic are logged and skipped.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn due(&self, now: Millis) -> Result<Vec<Erasure>, Unavailable>;

    /// Marks the conversation as being erased, unless it was restored: from now on its log is not read and starts no
    /// call. Can be repeated.
    ///
    /// # Errors
    /// [`ChangeError::NotFound`] if it was restored, or is erased already.
    async fn mark(&self, erasure: &Erasure) -> Result<(), ChangeError>;

    /// Erases some more of a marked conversation's log, from the first event on.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn erase_some(&self, erasure: &Erasure) -> Result<Progress, Unavailable>;

    /// Completes a pass: schedules the last one, or erases the mark and the schedule.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn complete(&self, erasure: &Erasure) -> Result<(), Unavailable>;

    /// Lists conversations whose timers say that they were last used before `before`, a bounded number.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn unused(&self, before: Millis) -> Result<Vec<Unused>, Unavailable>;

    /// Sets the timer of a conversation that was used after all to the time of its last use.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn reset_timer(&self, unused: &Unused) -> Result<(), Unavailable>;
}
