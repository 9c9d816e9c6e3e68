//! A scripted model that validates every prompt as Bedrock does.

use crate::ports::{Block, Message, Model, ModelError, Prompt, ReplyPart, ReplyStream, Role};
use async_trait::async_trait;
use futures::{StreamExt, stream};
use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

/// One answer: its parts in order. If the first part is an error, the request itself fails.
pub type Script = Vec<Result<ReplyPart, ModelError>>;

/// Plays its scripts one after another, and repeats the last one forever.
#[derive(Debug, Default)]
pub struct ScriptedModel {
    scripts: Mutex<VecDeque<Script>>,
    prompts: Mutex<Vec<Prompt>>,
}

impl ScriptedModel {
    /// Creates a model with these answers.
    #[must_use]
    pub fn saying(scripts: Vec<Script>) -> Self {
        Self { scripts: Mutex::new(scripts.into()), prompts: Mutex::default() }
    }

    /// The prompts so far.
    #[must_use]
    pub fn prompts(&self) -> Vec<Prompt> {
        self.prompts.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

#[async_trait]
impl Model for ScriptedModel {
    async fn converse(&self, prompt: Prompt) -> Result<ReplyStream, ModelError> {
        check(&prompt.messages);
        self.prompts.lock().unwrap_or_else(PoisonError::into_inner).push(prompt);
        let mut scripts = self.scripts.lock().unwrap_or_else(PoisonError::into_inner);
        let script = if scripts.len() > 1 { scripts.pop_front() } else { scripts.front().cloned() };
        if let Some([Err(error), ..]) = script.as_deref() {
            return Err(error.clone());
        }
        Ok(stream::iter(script.unwrap_or_default()).boxed())
    }
}

/// Asserts that roles alternate, that a user is first and last, and that each call is followed by exactly its result.
fn check(messages: &[Message]) {
    assert_eq!(messages.last().map(|message| message.role), Some(Role::User), "the last message is the user's");
    let mut open: Vec<&str> = Vec::new();
    for (place, message) in messages.iter().enumerate() {
        let expected = if place % 2 == 0 { Role::User } else { Role::Assistant };
        assert_eq!(message.role, expected, "roles alternate, and a user begins");
        assert!(!message.blocks.is_empty(), "no message is empty");
        for block in &message.blocks {
            match block {
                Block::Text(text) | Block::Relayed { text, .. } => assert!(!text.trim().is_empty(), "no text is blank"),
                Block::Reasoning(_) => assert_eq!(message.role, Role::Assistant, "only a model reasons"),
                Block::Call(call) => open.push(&call.id.0),
                Block::Result { call, .. } => {
                    assert!(open.contains(&call.0.as_str()), "a result has its call: {call}");
                    open.retain(|id| *id != call.0);
                }
            }
        }
        let alone = message.blocks.iter().all(|block| matches!(block, Block::Reasoning(_)));
        assert!(!alone, "reasoning comes before text or a call");
        assert!(message.role == Role::Assistant || open.is_empty(), "calls without a result: {open:?}");
    }
}
