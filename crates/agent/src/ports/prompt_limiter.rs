//! The limits on prompting a person: people who are asked too often approve without reading.

use super::{Millis, Unavailable};
use crate::Actor;
use crate::approval::ApprovalId;
use crate::prompts::{OpenPrompt, PromptEnd, PromptPermit, PromptRequest};
use async_trait::async_trait;

/// Decides which question may be put to a person now. All instances share this state.
#[async_trait]
pub trait PromptLimiter: Send + Sync {
    /// Reserves the person for a question. If another question holds them, this one is listed as waiting. Repeating the
    /// call for the same question succeeds again.
    ///
    /// # Errors
    /// [`Unavailable`]: nobody may be prompted.
    async fn acquire(&self, actor: &Actor, request: &PromptRequest, now: Millis) -> Result<PromptPermit, Unavailable>;

    /// Releases the person and records how the question ended.
    ///
    /// # Errors
    /// [`Unavailable`]; the person is then free when the question expires.
    async fn release(
        &self,
        actor: &Actor,
        question: &ApprovalId,
        end: PromptEnd,
        now: Millis,
    ) -> Result<(), Unavailable>;

    /// Returns the person's open questions from all conversations.
    ///
    /// # Errors
    /// [`Unavailable`] if they are not known.
    async fn open(&self, actor: &Actor, now: Millis) -> Result<Vec<OpenPrompt>, Unavailable>;

    /// Returns the same for many people at once, in their order.
    ///
    /// # Errors
    /// [`Unavailable`] if they are not known.
    async fn open_of(&self, actors: &[Actor], now: Millis) -> Result<Vec<Vec<OpenPrompt>>, Unavailable>;
}
