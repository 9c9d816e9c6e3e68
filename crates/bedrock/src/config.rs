//! The settings of the adapter.

use crate::Family;
use std::time::Duration;

/// The settings of the adapter.
#[derive(Debug, Clone)]
pub struct Config {
    /// A model id, an inference profile or its ARN, for example `us.amazon.nova-pro-v1:0`.
    pub model_id: String,
    /// The request rules of the model: [`Family::of`] the id, unless the operator overrides it.
    pub family: Family,
    /// An endpoint that replaces the region's own.
    pub endpoint_url: Option<String>,
    /// Longest wait for the response headers, for each attempt.
    pub open_timeout: Duration,
    /// The use of cache points.
    pub prompt_cache: PromptCache,
    /// The guardrail that checks each request and each answer.
    pub guardrail: Option<Guardrail>,
    /// The display of the model's thinking.
    pub thinking: ThinkingDisplay,
}

/// The use of cache points: after the tools, after the system prompt and after the last message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PromptCache {
    /// Sent if the model supports them. A prompt below the model's minimum is not cached, which is not an error.
    Auto,
    /// Never.
    Off,
}

/// A guardrail of Amazon Bedrock. Its trace is never requested.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guardrail {
    /// Its id or ARN.
    pub id: String,
    /// A number, or `DRAFT`.
    pub version: String,
}

/// The display of the model's thinking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ThinkingDisplay {
    /// The model's default.
    Unasked,
    /// As a summary, from Claude 4.7 on.
    Summarized,
}
