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
    /// The time in its timer: that of an earlier use, or a later time if the conversation was kept.
    pub at: Millis,
}

/// The times by which the timer of an unused conversation is checked.
#[derive(Debug, Clone, Copy)]
pub struct TimerCheck {
    /// The current time.
    pub now: Millis,
    /// The time before which timers are read: it is that of the shortest retention.
    pub swept: Millis,
    /// The time before which the conversation must have been used last to be deleted; `None` to keep it.
    pub before: Option<Millis>,
}

impl TimerCheck {
    /// Returns `true` if a conversation that was last used at this time is to be deleted.
    #[must_use]
    pub fn is_due(&self, used: Millis) -> bool {
        self.before.is_some_and(|before| used < before)
    }

    /// Returns the time for the timer of a conversation that is kept: timers are read up to it when the conversation
    /// becomes due. It is never later than now, so that a retention that is shortened finds the timer in its own time.
    #[must_use]
    pub fn next(&self, used: Millis) -> Millis {
        let longer = self.before.map_or(Millis::MAX, |before| self.swept.saturating_sub(before));
        used.max(used.saturating_add(longer).min(self.now))
    }
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

    /// Lists conversations whose timers stand before `before`, a bounded number.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn unused(&self, before: Millis) -> Result<Vec<Unused>, Unavailable>;

    /// Returns the time of last use of a conversation that is to be deleted. The timer of one that is kept is set to its
    /// next time.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn check_timer(&self, unused: &Unused, check: TimerCheck) -> Result<Option<Millis>, Unavailable>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_timer_is_read_again_when_its_conversation_is_due_and_never_later_than_a_shortened_retention() {
        // Retention of 30 days at the shortest, on day 1000.
        let check = |own: Option<i64>| TimerCheck { now: 1000, swept: 970, before: own.map(|own| 1000 - own) };
        for (own, used, due, next) in [
            (Some(30), 969, true, None),
            (Some(30), 970, false, Some(970)),
            (Some(30), 999, false, Some(999)),
            (Some(40), 965, false, Some(975)),
            (Some(40), 959, true, None),
            (Some(365), 960, false, Some(1000)),
            (Some(365), 640, false, Some(975)),
            (Some(365), 634, true, None),
            (None, 0, false, Some(1000)),
            (None, 1001, false, Some(1001)),
        ] {
            let check = check(own);
            let found = (check.is_due(used), (!check.is_due(used)).then(|| check.next(used)));
            assert_eq!(found, (due, next), "{own:?} {used}");
        }
    }
}
