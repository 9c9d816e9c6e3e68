//! The language model: it receives a prompt and streams an answer.

use crate::{CallId, ToolCall, tool::ToolSpec};
use async_trait::async_trait;
use futures::stream::BoxStream;

mod reasoning;
pub use reasoning::Reasoning;

/// The complete input of one model request.
#[derive(Debug, Clone, PartialEq)]
pub struct Prompt {
    /// The instructions, created anew for each request.
    pub system: String,
    /// The conversation. Roles alternate, starting with a user.
    pub messages: Vec<Message>,
    /// The tools that the model may propose.
    pub tools: Vec<ToolSpec>,
    /// Most tokens of the answer.
    pub max_tokens: u32,
}

/// The author of a message.
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
    /// The author.
    pub role: Role,
    /// The content, in order.
    pub blocks: Vec<Block>,
}

/// A part of a message.
#[derive(Debug, Clone, PartialEq)]
pub enum Block {
    /// Text, never blank.
    Text(String),
    /// Text that somebody other than the person wrote on their behalf, never blank. The model receives it as the person's
    /// message; it proves nothing of what the person said.
    Relayed {
        /// The text.
        text: String,
        /// The agent or the client that wrote it.
        by: String,
    },
    /// The model's reasoning, returned to it unmodified. Occurs only in the model's own messages, before the block that
    /// it led to.
    Reasoning(Reasoning),
    /// A call that the model proposed.
    Call(ToolCall),
    /// The result of a call.
    Result {
        /// The call.
        call: CallId,
        /// The result as JSON.
        content: serde_json::Value,
    },
}

/// A part of an answer.
#[derive(Debug, Clone, PartialEq)]
pub enum ReplyPart {
    /// More text of the current text block.
    Text(String),
    /// The current text block is complete.
    TextEnd,
    /// A sign of life: a piece of reasoning or of a call's arguments arrived, and no block is complete yet.
    Progress,
    /// A complete block of reasoning. Never shown as text, never given to a tool.
    Reasoning(Reasoning),
    /// A complete call.
    Call(ToolCall),
    /// A call whose arguments are not valid JSON.
    Garbled {
        /// The label of the call.
        id: CallId,
        /// The tool it named.
        tool: String,
    },
    /// The end with its reason; always the last part of a successful answer.
    Stop(StopReason),
    /// The number of tokens used.
    Usage {
        /// Tokens in the prompt.
        input: u32,
        /// Tokens in the answer.
        output: u32,
    },
}

/// The reason why the model stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StopReason {
    /// The answer is finished.
    Done,
    /// The model waits for results of calls.
    Calls,
    /// The token limit was reached, by thinking and answer together.
    MaxTokens,
    /// A guardrail or a content filter stopped the answer.
    Filtered,
    /// Conversation and answer together exceed the model's context window.
    ContextOverflow,
    /// The service could not parse the model's output as an answer or a call.
    Malformed,
}

/// The model gave no answer, or only a part of one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ModelError {
    /// Too many requests; a later one may succeed.
    #[error("throttled: {0}")]
    Throttled(String),
    /// The conversation is too long for the model.
    #[error("context overflow: {0}")]
    ContextOverflow(String),
    /// Permissions are missing, the model id is wrong, or the request is invalid: an operator must act.
    #[error("misconfigured: {0}")]
    Misconfigured(String),
    /// The service failed, or could not be reached.
    #[error("unavailable: {0}")]
    Unavailable(String),
    /// The stream ended before the message did.
    #[error("cut: {0}")]
    Cut(String),
    /// The model sent nothing within the allowed time.
    #[error("silent for {0} seconds")]
    Silent(u64),
}

/// The parts of one answer as they arrive. Nothing follows an `Err`.
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
