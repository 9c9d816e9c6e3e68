//! What was asked about one call and what was answered, kept where a crash cannot take it.

use super::Mend;
use crate::approval::{Answer, Question};
use crate::intent::Need;
use crate::ports::{Millis, Ticket, Unavailable};
use async_trait::async_trait;

/// How far the question about a call has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// Nobody was asked.
    Unasked,
    /// The question is written down; whether the person has it is not known.
    Asked(Question),
    /// The person has it.
    Put(Question, Ticket),
    /// It is answered, or taken back before it was put.
    Answered(Option<Question>, Answer),
}

/// How it stands with the account that a call borrows from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Account {
    /// Nobody was asked to connect it.
    #[default]
    Unasked,
    /// The person was told that it is wanted.
    Wanted {
        /// Until when the call waits.
        until: Millis,
        /// What they were told to do.
        mend: Mend,
    },
    /// The person has connected it.
    Connected,
    /// The person will not, or the turn was stopped.
    Declined {
        /// What they were told to do.
        mend: Mend,
    },
}

/// The docket of one call. Each method writes before it returns.
#[async_trait]
pub trait Docket: Send + Sync {
    /// How far it has come, read afresh: others may write here too, to take the question back.
    async fn standing(&self) -> Result<Standing, Unavailable>;

    /// Notes that the question waits for another one.
    async fn queued(&self) -> Result<(), Unavailable>;

    /// Notes the question.
    async fn asked(&self, question: &Question) -> Result<(), Unavailable>;

    /// Notes that the person has it.
    async fn put(&self, ticket: &Ticket) -> Result<(), Unavailable>;

    /// Notes the answer. If there is one already, that one counts.
    async fn answered(&self, answer: Answer) -> Result<(), Unavailable>;

    /// How it stands with the account, read afresh.
    async fn account(&self) -> Result<Account, Unavailable>;

    /// Notes that the account is wanted, what the person can do, and until when the call waits for it.
    async fn wanted(&self, need: &Need, mend: Mend, until: Millis) -> Result<(), Unavailable>;

    /// Notes that the account is there, however it came.
    async fn connected(&self) -> Result<(), Unavailable>;

    /// Returns when somebody else has written something, or the turn was told to end. It may return for no reason.
    async fn stirred(&self);
}
