//! The turn that has started and not ended, and the state of its calls.

use crate::approval::{ApprovalId, Question, SignedApproval};
use crate::guard::{Account, ApprovalState};
use crate::ports::{EntryId, Millis};
use crate::via::{Arrival, RequestedCall, Via};
use crate::{Actor, CallId, ToolCall};
use std::sync::Arc;

/// A turn that has started and not ended.
#[derive(Debug, Clone, PartialEq)]
pub struct Open {
    /// The number of the message that it answers.
    pub said: u64,
    /// The time at which it started, moved forward by the time spent waiting for people.
    pub since: Millis,
    /// The time since which it has been waiting for a person, if it is.
    pub waits: Option<Millis>,
    /// The person's request to stop, if there is one.
    pub stop: Stop,
    /// The hash of the id of the session that posted the message.
    pub session: Option<String>,
    /// The door through which the message came.
    pub arrival: Option<Box<Arrival>>,
    /// The number of answers that the model has given.
    pub steps: u32,
    /// The number of calls that the model has proposed.
    pub calls: u32,
    /// The number of bytes of text that the model has written.
    pub written: usize,
    /// Calls without an outcome, in order.
    pub pending: Vec<Pending>,
    /// The number of times that the conversation was shortened during this turn.
    pub(super) shortened: u32,
    /// The index of its first message in [`History::messages`](super::History::messages).
    pub(super) first: usize,
}

impl Open {
    /// Returns the person of the conversation as they act in this turn: through the door of the message.
    #[must_use]
    pub fn actor(&self, person: &Actor) -> Actor {
        person.through(self.via().cloned())
    }

    /// The door through which the message came.
    #[must_use]
    pub fn via(&self) -> Option<&Arc<Via>> {
        self.arrival.as_deref().map(|arrival| &arrival.via)
    }

    /// The one call that a client asks for.
    #[must_use]
    pub fn requested(&self) -> Option<&RequestedCall> {
        self.arrival.as_deref().and_then(|arrival| arrival.call.as_ref())
    }

    /// Returns whether a person is being asked about the first pending call. That question must be cancelled before the
    /// turn may stop.
    #[must_use]
    pub fn is_on_a_phone(&self) -> bool {
        let asked = |stage: &Stage| matches!(stage, Stage::Proposed(ApprovalState::Asked(_) | ApprovalState::Put(..)));
        self.pending.first().is_some_and(|pending| asked(&pending.stage))
    }

    /// Returns whether a call is waiting for the person to connect an account.
    #[must_use]
    pub fn wants_account(&self, call: &CallId) -> bool {
        let wanted = |pending: &Pending| matches!(pending.account, Account::Wanted { .. });
        self.pending.iter().any(|pending| pending.call.id == *call && wanted(pending))
    }

    /// Returns the open question with this id, the call that it is about, and the approvals received.
    #[must_use]
    pub fn question(&self, id: &ApprovalId) -> Option<(&CallId, &Question, &[SignedApproval])> {
        self.pending.iter().find_map(|pending| match &pending.stage {
            Stage::Proposed(ApprovalState::Put(question, _, received)) if question.id == *id => {
                Some((&pending.call.id, question, received.as_slice()))
            }
            _ => None,
        })
    }

    /// Returns whether a person is being asked about this call, or the call is queued for its question.
    #[must_use]
    pub fn is_asking(&self, call: &CallId) -> bool {
        let asking = |stage: &Stage| match stage {
            Stage::Proposed(ApprovalState::Unasked) => self.waits.is_some() && !self.wants_account(call),
            Stage::Proposed(ApprovalState::Asked(_) | ApprovalState::Put(..)) => true,
            Stage::Proposed(ApprovalState::Answered(..)) | Stage::Started(_) | Stage::Stopped(_) => false,
        };
        self.pending.iter().any(|pending| pending.call.id == *call && asking(&pending.stage))
    }
}

/// The person's request to stop a turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stop {
    /// Not requested.
    Unasked,
    /// Requested.
    Asked,
}

/// A call without an outcome.
#[derive(Debug, Clone, PartialEq)]
pub struct Pending {
    /// The call.
    pub call: ToolCall,
    /// The progress of the call.
    pub stage: Stage,
    /// The state of the account whose credential the call needs.
    pub account: Account,
}

/// The progress of a pending call.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::large_enum_variant, reason = "a turn has a handful of pending calls")]
pub enum Stage {
    /// Proposed; the guard has not admitted it yet.
    Proposed(ApprovalState),
    /// Started, under this entry of the ledger: it must not be started again.
    Started(EntryId),
    /// Recorded as started after the person's request to stop. The instance that recorded it sees the same order and
    /// does nothing, so this entry belongs to an action that was not done.
    Stopped(EntryId),
}
