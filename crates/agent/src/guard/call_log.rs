//! The approval and account state of a call, stored so that it survives a crash.

use super::Remedy;
use crate::approval::{Answer, Question, SignedApproval};
use crate::intent::Need;
use crate::ports::{Millis, Ticket, Unavailable};
use async_trait::async_trait;

/// The state of the question about a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ApprovalState {
    /// No question was recorded.
    Unasked,
    /// The question is recorded; the person may or may not have received it.
    Asked(Question),
    /// The question was sent. More than one approval may be needed; these were received.
    Put(Question, Ticket, Vec<SignedApproval>),
    /// The question was answered, or cancelled before it was sent.
    Answered(Option<Question>, Answer),
}

/// The state of the account whose credential a call needs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Account {
    /// The person was not asked to connect it.
    #[default]
    Unasked,
    /// The person was asked to connect it.
    Wanted {
        /// End of the call's wait.
        until: Millis,
        /// The remedy that the person was shown.
        remedy: Remedy,
    },
    /// The person has connected it.
    Connected,
    /// The person declined, or the turn was stopped.
    Declined {
        /// The remedy that the person was shown.
        remedy: Remedy,
    },
}

/// The state of one call. Each method returns only after its write is durable.
#[async_trait]
pub trait CallLog: Send + Sync {
    /// Returns the state of the question, freshly read: others may write here too, for example to cancel it.
    async fn approval_state(&self) -> Result<ApprovalState, Unavailable>;

    /// Records that the question waits for another one.
    async fn queued(&self) -> Result<(), Unavailable>;

    /// Records the question.
    async fn asked(&self, question: &Question) -> Result<(), Unavailable>;

    /// Records that the person has received the question.
    async fn put(&self, ticket: &Ticket) -> Result<(), Unavailable>;

    /// Records one of several approvals that `question` needs. Does nothing if the question has an answer.
    async fn given(&self, question: &Question, given: &SignedApproval) -> Result<(), Unavailable>;

    /// Records that a standing approval of the person answers `question`, which nobody was asked. An earlier answer
    /// takes precedence.
    async fn approved_in_advance(&self, question: &Question, given: &SignedApproval) -> Result<(), Unavailable>;

    /// Records the answer. An earlier answer takes precedence.
    async fn answered(&self, answer: Answer) -> Result<(), Unavailable>;

    /// Returns the state of the account, freshly read.
    async fn account(&self) -> Result<Account, Unavailable>;

    /// Records that the account is needed, the remedy for the person, and the end of the call's wait.
    async fn wanted(&self, need: &Need, remedy: Remedy, until: Millis) -> Result<(), Unavailable>;

    /// Records that the account is available, by whatever way it was connected.
    async fn connected(&self) -> Result<(), Unavailable>;

    /// Waits until somebody else has written, or the turn received an order to end. May return spuriously.
    async fn changed(&self);
}
