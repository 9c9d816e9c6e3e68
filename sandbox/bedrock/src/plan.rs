//! The model's answer before it is encoded. Must not depend on the event-stream format or HTTP.

use serde::Deserialize;
use serde_json::Value;

/// One answer of the model.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// The content, in order.
    pub blocks: Vec<Block>,
    /// The reason for its end.
    pub stop: StopReason,
}

impl Plan {
    /// Creates an answer of one text block.
    #[must_use]
    pub fn say(text: impl Into<String>) -> Self {
        Self::of(vec![Block::Text(text.into())])
    }

    /// Creates an answer of `blocks`, with stop reason `tool_use` if they hold a tool call and `end_turn` otherwise.
    #[must_use]
    pub fn of(blocks: Vec<Block>) -> Self {
        let calls = blocks.iter().any(|block| matches!(block, Block::ToolUse { .. }));
        Self { blocks, stop: if calls { StopReason::ToolUse } else { StopReason::EndTurn } }
    }

    /// Returns the size in tokens, at four characters per token, rounded up.
    #[must_use]
    pub fn tokens(&self) -> usize {
        let chars: usize = self.blocks.iter().map(Block::chars).sum();
        chars.div_ceil(4)
    }

    /// Truncates the answer to `max_tokens`, if necessary within a word or an argument, with stop reason `max_tokens`.
    #[must_use]
    pub fn limited(mut self, max_tokens: usize) -> Self {
        if self.tokens() <= max_tokens {
            return self;
        }
        let mut left = max_tokens.saturating_mul(4);
        let mut kept = Vec::new();
        for block in std::mem::take(&mut self.blocks) {
            if left == 0 {
                break;
            }
            let length = block.chars();
            kept.push(if length <= left { block } else { block.cut(left) });
            left = left.saturating_sub(length);
        }
        Self { blocks: kept, stop: StopReason::MaxTokens }
    }
}

/// One block of an answer. In JSON: `{"text":"…"}` or `{"toolUse":{"name":"…","input":{"json":{}}}}`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Block {
    /// Plain text.
    Text(String),
    /// Readable reasoning. In JSON: `{"reasoning":{"text":"…","signature":"…"}}`.
    Reasoning {
        /// The text, which may be empty.
        text: String,
        /// The provider's signature; absent when the answer is truncated before it.
        #[serde(default)]
        signature: Option<String>,
    },
    /// Reasoning that only the provider can read, in base64.
    Redacted(String),
    /// A proposed tool call.
    ToolUse {
        /// The call's id; Bedrock generates one when it is absent.
        #[serde(default)]
        id: Option<String>,
        /// The tool's name.
        name: String,
        /// The arguments.
        input: Input,
    },
}

/// The arguments of a tool call. In JSON: `{"json": …}` or `{"raw":"…"}`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Input {
    /// Well-formed JSON, which may violate the tool's schema.
    Json(Value),
    /// Exactly these characters, well-formed or not.
    Raw(String),
}

impl Input {
    /// Returns the arguments as they are streamed.
    #[must_use]
    pub fn text(&self) -> String {
        match self {
            Self::Json(value) => value.to_string(),
            Self::Raw(text) => text.clone(),
        }
    }
}

impl Block {
    /// Creates a call of `name` whose id Bedrock generates.
    #[must_use]
    pub fn call(name: impl Into<String>, input: Value) -> Self {
        Self::ToolUse { id: None, name: name.into(), input: Input::Json(input) }
    }

    fn chars(&self) -> usize {
        match self {
            Self::Text(text) | Self::Reasoning { text, .. } | Self::Redacted(text) => text.chars().count(),
            Self::ToolUse { input, .. } => input.text().chars().count(),
        }
    }

    fn cut(self, chars: usize) -> Self {
        match self {
            Self::Text(text) => Self::Text(text.chars().take(chars).collect()),
            Self::Reasoning { text, .. } => {
                Self::Reasoning { text: text.chars().take(chars).collect(), signature: None }
            }
            // Truncated base64 would not decode.
            Self::Redacted(_) => Self::Redacted(String::new()),
            Self::ToolUse { id, name, input } => {
                Self::ToolUse { id, name, input: Input::Raw(input.text().chars().take(chars).collect()) }
            }
        }
    }
}

/// The reason for the end of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StopReason {
    /// The answer is complete.
    EndTurn,
    /// The model proposes a tool call.
    ToolUse,
    /// The answer reached `maxTokens`.
    MaxTokens,
    /// A guardrail replaced the model's answer with its own message.
    GuardrailIntervened,
    /// The service's content filter stopped it.
    ContentFiltered,
    /// The model's output could not be parsed by the service.
    MalformedModelOutput,
    /// The model's tool call could not be parsed by the service.
    MalformedToolUse,
    /// Conversation and answer together exceeded the context window.
    ModelContextWindowExceeded,
}

impl StopReason {
    /// Returns the value of `stopReason`.
    #[must_use]
    pub fn wire(self) -> &'static str {
        match self {
            Self::EndTurn => "end_turn",
            Self::ToolUse => "tool_use",
            Self::MaxTokens => "max_tokens",
            Self::GuardrailIntervened => "guardrail_intervened",
            Self::ContentFiltered => "content_filtered",
            Self::MalformedModelOutput => "malformed_model_output",
            Self::MalformedToolUse => "malformed_tool_use",
            Self::ModelContextWindowExceeded => "model_context_window_exceeded",
        }
    }
}
