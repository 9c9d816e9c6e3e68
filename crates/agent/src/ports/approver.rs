//! Out-of-band approval by a person. The channel may be a push to the phone, another device, or another person; the
//! core knows only the question and the answer.

use super::{Millis, Unavailable};
use crate::Actor;
use crate::approval::{Question, SignedApproval};
use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::time::Duration;

/// The handle for polling a question's answer, stored in the conversation's log so that another instance can continue
/// polling. It is useless without the application's own credentials; its `Debug` output still hides the handle.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ticket {
    /// The approver's own identifier of the request.
    pub handle: String,
    /// Shortest time between two polls, in milliseconds.
    pub interval_ms: u64,
    /// The time until which the approver waits for an answer.
    pub until: Millis,
}

impl fmt::Debug for Ticket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ticket").field("until", &self.until).finish_non_exhaustive()
    }
}

/// The question was not asked.
#[derive(Debug, thiserror::Error)]
pub enum AskError {
    /// The person has no device that can receive it.
    #[error("no device to ask")]
    NoDevice,
    /// The approver rejected the request, or did not answer.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// The result of one poll.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PollResult {
    /// Not answered yet. Do not poll more often than `wait` from now on.
    Pending {
        /// Shortest time until the next poll.
        wait: Duration,
    },
    /// Approved. The signature, issuer, audience and expiry of the evidence are valid.
    Approved {
        /// The person, the time, and the evidence.
        given: SignedApproval,
        /// The digest of the question that the approval names.
        digest: String,
    },
    /// Denied or expired: some approvers do not distinguish the two.
    NotApproved,
    /// Expired: nobody answered in time.
    Expired,
    /// The approver no longer knows the question: its answer was already handed out, and not recorded.
    Gone,
    /// The evidence is invalid.
    Invalid {
        /// The defect, for the ledger and the log.
        what: String,
    },
}

/// The evidence of an approval was not accepted.
#[derive(Debug, thiserror::Error)]
pub enum EvidenceError {
    /// It does not prove this person's approval of this question.
    #[error("{0}")]
    Invalid(String),
    /// It cannot be verified at the moment, so nothing is known about it.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// Asks people for approval.
#[async_trait]
pub trait Approver: Send + Sync {
    /// Returns whether this channel, as configured, can reach anybody at all.
    ///
    /// # Errors
    /// [`Unavailable`] if that cannot be determined now.
    async fn is_offered(&self) -> Result<bool, Unavailable> {
        Ok(true)
    }

    /// Sends the question to the actor.
    ///
    /// # Errors
    /// See [`AskError`].
    async fn ask(&self, actor: &Actor, question: &Question, now: Millis) -> Result<Ticket, AskError>;

    /// Polls once for an answer. Concurrent polls of one ticket are not allowed.
    ///
    /// # Errors
    /// [`Unavailable`] if the answer is not known yet; poll again later.
    async fn poll(
        &self,
        actor: &Actor,
        question: &Question,
        ticket: &Ticket,
        now: Millis,
    ) -> Result<PollResult, Unavailable>;

    /// Verifies the evidence again before the approval is spent: that the channel signed it, for this application,
    /// about this actor, within the time in which `question` could be answered. The evidence may have expired since:
    /// its age is judged by the time of its receipt.
    ///
    /// # Errors
    /// See [`EvidenceError`].
    async fn verify(&self, actor: &Actor, question: &Question, approval: &SignedApproval) -> Result<(), EvidenceError>;
}
