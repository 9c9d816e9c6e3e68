//! The limits on prompting a person: who is asked too often approves without reading.

use super::{Millis, Unavailable};
use crate::Actor;
use crate::approval::ApprovalId;
use crate::prompts::{OpenPrompt, PromptEnd, PromptPermit, PromptRequest};
use async_trait::async_trait;

/// Decides which question may be put to a person now. All instances share one answer.
#[async_trait]
pub trait PromptLimiter: Send + Sync {
    /// Acquires the person for a question; if another one has them, this one is listed as waiting. The same question acquires
    /// them again.
    ///
    /// # Errors
    /// [`Unavailable`]: then nobody may be asked.
    async fn acquire(&self, actor: &Actor, request: &PromptRequest, now: Millis) -> Result<PromptPermit, Unavailable>;

    /// Releases the person, and notes how the question ended.
    ///
    /// # Errors
    /// [`Unavailable`]; the person is then free when the question's time is over.
    async fn release(
        &self,
        actor: &Actor,
        question: &ApprovalId,
        end: PromptEnd,
        now: Millis,
    ) -> Result<(), Unavailable>;

    /// The questions that the person has open, wherever they were asked.
    ///
    /// # Errors
    /// [`Unavailable`]: they are not known.
    async fn open(&self, actor: &Actor, now: Millis) -> Result<Vec<OpenPrompt>, Unavailable>;

    /// The same for many people at once, in their order.
    ///
    /// # Errors
    /// [`Unavailable`]: they are not known.
    async fn open_of(&self, actors: &[Actor], now: Millis) -> Result<Vec<Vec<OpenPrompt>>, Unavailable>;
}
