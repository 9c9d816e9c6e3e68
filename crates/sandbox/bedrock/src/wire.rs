//! The request bodies of Converse and `ConverseStream`, as the public service model has them, closed to unknown members.
//! It must never accept a member that Bedrock doesn't know, and knows no rule that needs two members at once.

pub mod content;
pub mod options;
pub mod tools;

use serde::Deserialize;
use serde_json::Value;

pub use content::{
    ContentBlock, Message, Reasoning, ReasoningText, ResultContent, ResultStatus, Role, SystemBlock, ToolResult,
    ToolUse,
};
pub use options::{Guardrail, Inference, Performance, ServiceTier};
pub use tools::{Choice, Tool, ToolConfig, ToolSpec};

/// The body of both operations.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Request {
    /// The conversation, oldest first.
    #[serde(default)]
    pub messages: Vec<Message>,
    /// System prompts.
    #[serde(default)]
    pub system: Vec<SystemBlock>,
    /// Limits and sampling.
    pub inference_config: Option<Inference>,
    /// The tools on offer.
    pub tool_config: Option<ToolConfig>,
    /// The guardrail to apply; the sandbox has none of its own.
    pub guardrail_config: Option<Guardrail>,
    /// Members for one model alone, free of form.
    pub additional_model_request_fields: Option<Value>,
    /// JSON pointers, ten at most.
    #[serde(default)]
    pub additional_model_response_field_paths: Vec<String>,
    /// Variables of a managed prompt, which the sandbox doesn't have.
    pub prompt_variables: Option<Value>,
    /// At most sixteen pairs for the invocation log.
    #[serde(default)]
    pub request_metadata: std::collections::BTreeMap<String, String>,
    /// Latency wish.
    pub performance_config: Option<Performance>,
    /// Price tier.
    pub service_tier: Option<ServiceTier>,
    /// Wishes for structured output, which the scripted model disregards.
    pub output_config: Option<Value>,
}
