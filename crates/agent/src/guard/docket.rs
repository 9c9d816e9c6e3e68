//! What was asked about one call and what was answered, kept where a crash cannot take it.

use crate::approval::{Answer, Question};
use crate::ports::{Ticket, Unavailable};
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

    /// Returns when somebody else has written something, or the turn was told to end. It may return for no reason.
    async fn stirred(&self);
}
