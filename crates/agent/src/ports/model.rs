//! The language model: takes a prompt, answers in parts.

use crate::{CallId, ToolCall, tool::ToolSpec};
use async_trait::async_trait;
use futures::stream::BoxStream;

mod reasoning;
pub use reasoning::Reasoning;

/// All that the model is told.
#[derive(Debug, Clone, PartialEq)]
pub struct Prompt {
    /// The instructions, made anew for each request.
    pub system: String,
    /// The conversation, alternating roles, a user first.
    pub messages: Vec<Message>,
    /// The tools that it may propose.
    pub tools: Vec<ToolSpec>,
    /// Most tokens it may answer with.
    pub max_tokens: u32,
}

/// Who speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// The person, and the results of calls.
    User,
    /// The model.
    Assistant,
}

/// One message.
#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    /// Who speaks.
    pub role: Role,
    /// What, in order.
    pub blocks: Vec<Block>,
}

/// A piece of a message.
#[derive(Debug, Clone, PartialEq)]
pub enum Block {
    /// Text, never blank.
    Text(String),
    /// The model's reasoning, sent back to it as it came. Only in its own messages, in front of what it led to.
    Reasoning(Reasoning),
    /// A call that the model proposed.
    Call(ToolCall),
    /// What became of a call.
    Result {
        /// The call.
        call: CallId,
        /// JSON for the model.
        content: serde_json::Value,
    },
}

/// A piece of an answer.
#[derive(Debug, Clone, PartialEq)]
pub enum ReplyPart {
    /// More text of the current text block.
    Text(String),
    /// The current text block is complete.
    TextEnd,
    /// The stream is alive, and nothing is complete yet: a piece of reasoning or of a call's arguments came.
    Progress,
    /// A complete block of reasoning. Never shown as text, never given to a tool.
    Reasoning(Reasoning),
    /// A complete call.
    Call(ToolCall),
    /// A call whose arguments were not JSON.
    Garbled {
        /// The label of the call.
        id: CallId,
        /// The tool it named.
        tool: String,
    },
    /// The end, with its reason; always the last part of a good answer.
    Stop(StopReason),
    /// Tokens used, for the limits.
    Usage {
        /// Tokens read.
        input: u32,
        /// Tokens written.
        output: u32,
    },
}

/// Why the model stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StopReason {
    /// It has said all.
    Done,
    /// It waits for results of calls.
    Calls,
    /// It reached the most tokens allowed, thinking and answer together.
    MaxTokens,
    /// A guardrail or a content filter stopped it.
    Filtered,
    /// Conversation and answer together no longer fit into the model's context window.
    ContextOverflow,
    /// It wrote something that the service could not read as an answer or a call.
    Malformed,
}

/// Why there is no answer, or only a part of one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ModelError {
    /// Too many requests; later it may go.
    #[error("throttled: {0}")]
    Throttled(String),
    /// The conversation is too long for the model.
    #[error("context overflow: {0}")]
    ContextOverflow(String),
    /// Refused for want of rights, a wrong model id, or an invalid request: an operator must act.
    #[error("misconfigured: {0}")]
    Misconfigured(String),
    /// Failed, or not reachable.
    #[error("unavailable: {0}")]
    Unavailable(String),
    /// The stream ended before the message did.
    #[error("cut: {0}")]
    Cut(String),
    /// No word within the time allowed.
    #[error("silent for {0} seconds")]
    Silent(u64),
}

/// The parts of one answer as they come. After an `Err` nothing follows.
pub type ReplyStream = BoxStream<'static, Result<ReplyPart, ModelError>>;

/// Answers prompts.
#[async_trait]
pub trait Model: Send + Sync {
    /// Starts an answer.
    ///
    /// # Errors
    /// See [`ModelError`].
    async fn converse(&self, prompt: Prompt) -> Result<ReplyStream, ModelError>;
}
