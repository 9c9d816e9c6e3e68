//! Out-of-band approval by a person. The channel may be a push to the phone, another device, or another person; the
//! core knows only the question and the answer.

use super::{Millis, Unavailable};
use crate::approval::{self, ActionKind, ApprovalId, Channel, Question, SignedApproval};
use crate::intent::{Object, Relation};
use crate::target::Fact;
use crate::{Actor, Place};
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
    /// The id by which people find the question on a page; `None` if it is answered elsewhere.
    #[serde(default)]
    pub page: Option<ApprovalId>,
    /// The channels that were asked; empty for the phone alone.
    #[serde(default)]
    pub channels: Vec<Channel>,
}

impl fmt::Debug for Ticket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ticket").field("until", &self.until).finish_non_exhaustive()
    }
}

/// The relation that a second person needs on the object of an action.
pub const CAN_APPROVE: Relation = Relation("can_approve");

/// A question on its way to people, with everything that decides to whom it may go.
#[derive(Debug, Clone, Copy)]
pub struct Asking<'a> {
    /// The person on whose behalf the action would run.
    pub actor: &'a Actor,
    /// The call that asks.
    pub place: &'a Place,
    /// The question.
    pub question: &'a Question,
    /// The action, as standing approvals compare it.
    pub kind: ActionKind<'a>,
    /// The object that the action touches.
    pub object: &'a Object,
    /// The facts about that object, for checks of [`CAN_APPROVE`].
    pub facts: &'a [Fact],
}

/// The question was not asked.
#[derive(Debug, thiserror::Error)]
pub enum AskError {
    /// The person has no device that can receive it.
    #[error("no device to ask")]
    NoDevice,
    /// The person has no passkey.
    #[error("no passkey")]
    NoPasskey,
    /// Nobody else has [`CAN_APPROVE`] on the object.
    #[error("nobody else may approve")]
    NoApprover,
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
    /// Returns whether this channel, as configured, can bring an answer to what this person asks for.
    ///
    /// # Errors
    /// [`Unavailable`] if that cannot be determined now.
    async fn is_offered(&self, actor: &Actor) -> Result<bool, Unavailable> {
        let _ = actor;
        Ok(true)
    }

    /// Spends one use of a standing approval that the person gave and that covers this action. `None` if there is none:
    /// then the person is asked. Repeating the request for the same call spends nothing more. `asking` holds a question
    /// that nobody has seen, by which the policy is found.
    ///
    /// # Errors
    /// [`Unavailable`]: nothing is known about standing approvals, and the person is asked.
    async fn in_advance(&self, asking: &Asking<'_>, now: Millis) -> Result<Option<SignedApproval>, Unavailable> {
        let _ = (asking, now);
        Ok(None)
    }

    /// Sends the question to the people who are to answer it. Repeating the call for the same question is harmless.
    ///
    /// # Errors
    /// See [`AskError`].
    async fn ask(&self, asking: &Asking<'_>, now: Millis) -> Result<Ticket, AskError>;

    /// Polls once for an answer that does not reach the log by itself. `received` holds the approvals that the log
    /// already has. Concurrent polls of one ticket are not allowed.
    ///
    /// # Errors
    /// [`Unavailable`] if the answer is not known yet; poll again later.
    async fn poll(
        &self,
        asking: &Asking<'_>,
        ticket: &Ticket,
        received: &[SignedApproval],
        now: Millis,
    ) -> Result<PollResult, Unavailable>;

    /// Returns the channels by which approvals of `question` are still missing, given these: by default one by
    /// CIBA.
    fn missing(&self, question: &Question, given: &[SignedApproval]) -> Vec<Channel> {
        let _ = question;
        approval::missing(&[Channel::Ciba], given)
    }

    /// Returns the time that people have for an answer to `question`, in milliseconds; `None` for that of the guard.
    fn patience(&self, question: &Question) -> Option<Millis> {
        let _ = question;
        None
    }

    /// Withdraws a question that has been answered, or will not be. A failure is harmless, since each question expires.
    async fn withdraw(&self, asking: &Asking<'_>) {
        let _ = asking;
    }

    /// Verifies the evidence again before the approval is spent: that the channel signed it, for this application,
    /// about the person whom it names, within the time in which `question` could be answered. The evidence may have expired since:
    /// its age is judged by the time of its receipt.
    ///
    /// # Errors
    /// See [`EvidenceError`].
    async fn verify(&self, asking: &Asking<'_>, approval: &SignedApproval) -> Result<(), EvidenceError>;
}
