//! What a model decided to answer, before it is put on the wire. It must never know frames or HTTP.

use serde::Deserialize;
use serde_json::Value;

/// One answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// Its content, in order.
    pub blocks: Vec<Block>,
    /// Why it ends.
    pub stop: StopReason,
}

impl Plan {
    /// An answer in words.
    #[must_use]
    pub fn say(text: impl Into<String>) -> Self {
        Self::of(vec![Block::Text(text.into())])
    }

    /// An answer of `blocks`, with the stop reason that belongs to them.
    #[must_use]
    pub fn of(blocks: Vec<Block>) -> Self {
        let calls = blocks.iter().any(|block| matches!(block, Block::ToolUse { .. }));
        Self { blocks, stop: if calls { StopReason::ToolUse } else { StopReason::EndTurn } }
    }

    /// Tokens of four characters.
    #[must_use]
    pub fn tokens(&self) -> usize {
        let chars: usize = self.blocks.iter().map(Block::chars).sum();
        chars.div_ceil(4)
    }

    /// The plan as it comes out under `max_tokens`: cut short, in the middle of a word or an argument if need be.
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
    /// Words.
    Text(String),
    /// Reasoning that can be read. In JSON: `{"reasoning":{"text":"…","signature":"…"}}`.
    Reasoning {
        /// The text, which may be empty.
        text: String,
        /// The signature; none where the answer is cut short before it.
        #[serde(default)]
        signature: Option<String>,
    },
    /// Reasoning that only the provider can read, in base64.
    Redacted(String),
    /// A proposed call.
    ToolUse {
        /// The id; Bedrock makes one up when it is absent.
        #[serde(default)]
        id: Option<String>,
        /// The tool.
        name: String,
        /// The arguments.
        input: Input,
    },
}

/// Arguments of a call. In JSON: `{"json": …}` or `{"raw":"…"}`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Input {
    /// Well-formed JSON, though not necessarily what the schema wants.
    Json(Value),
    /// These very characters, well-formed or not.
    Raw(String),
}

impl Input {
    /// The characters as they are streamed.
    #[must_use]
    pub fn text(&self) -> String {
        match self {
            Self::Json(value) => value.to_string(),
            Self::Raw(text) => text.clone(),
        }
    }
}

impl Block {
    /// A call of `name`, its id left to Bedrock.
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
            // Bytes that are cut short are no block.
            Self::Redacted(_) => Self::Redacted(String::new()),
            Self::ToolUse { id, name, input } => {
                Self::ToolUse { id, name, input: Input::Raw(input.text().chars().take(chars).collect()) }
            }
        }
    }
}

/// Why an answer ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StopReason {
    /// All is said.
    EndTurn,
    /// A call is proposed.
    ToolUse,
    /// The answer reached `maxTokens`.
    MaxTokens,
    /// A guardrail put its own words in the place of the model's.
    GuardrailIntervened,
    /// The service's content filter stopped it.
    ContentFiltered,
    /// The model wrote what the service could not read.
    MalformedModelOutput,
    /// The model wrote a call that the service could not read.
    MalformedToolUse,
    /// Conversation and answer together outgrew the context window.
    ModelContextWindowExceeded,
}

impl StopReason {
    /// The word on the wire.
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
