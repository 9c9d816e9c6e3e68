//! A person's attention, of which there is little: who asks too often gets a yes that nobody read.

use super::{Millis, Unavailable};
use crate::Actor;
use crate::approval::ApprovalId;
use crate::attention::{Asking, Leave, Open};
use async_trait::async_trait;

/// Says whose question may be put to a person now. All instances share one answer.
#[async_trait]
pub trait Attention: Send + Sync {
    /// Takes the person's attention for a question, if it may be had; if another one has it, this one is listed as waiting.
    /// The same question takes it again.
    ///
    /// # Errors
    /// [`Unavailable`]: then nobody may be asked.
    async fn take(&self, actor: &Actor, asking: &Asking, now: Millis) -> Result<Leave, Unavailable>;

    /// Gives it back, and notes how the question ended.
    ///
    /// # Errors
    /// [`Unavailable`]; it is then given back when the question's time is over.
    async fn give_back(
        &self,
        actor: &Actor,
        question: &ApprovalId,
        end: crate::attention::End,
        now: Millis,
    ) -> Result<(), Unavailable>;

    /// The questions that the person has open, wherever they were asked.
    ///
    /// # Errors
    /// [`Unavailable`]: they are not known.
    async fn open(&self, actor: &Actor, now: Millis) -> Result<Vec<Open>, Unavailable>;
}
