//! The request bodies of Converse and `ConverseStream`, as the public service model defines them. Must reject every
//! member that Bedrock doesn't know, and must not contain rules that involve two members at once.

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
    /// Token limit, sampling parameters and stop sequences.
    pub inference_config: Option<Inference>,
    /// The offered tools.
    pub tool_config: Option<ToolConfig>,
    /// The guardrail to apply; the sandbox has none.
    pub guardrail_config: Option<Guardrail>,
    /// Model-specific members in free form.
    pub additional_model_request_fields: Option<Value>,
    /// JSON pointers, at most ten.
    #[serde(default)]
    pub additional_model_response_field_paths: Vec<String>,
    /// Variables of a managed prompt, which the sandbox doesn't have.
    pub prompt_variables: Option<Value>,
    /// Key-value pairs for the invocation log, at most sixteen.
    #[serde(default)]
    pub request_metadata: std::collections::BTreeMap<String, String>,
    /// The requested latency.
    pub performance_config: Option<Performance>,
    /// The requested service tier.
    pub service_tier: Option<ServiceTier>,
    /// Options for structured output, which the scripted model ignores.
    pub output_config: Option<Value>,
}
