//! The options of a request: everything except the conversation and the tools. Must not depend on their effect on the
//! model.

use serde::Deserialize;

/// Token limit, sampling parameters and stop sequences.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Inference {
    /// Most tokens to answer with, at least 1.
    pub max_tokens: Option<i64>,
    /// Sampling temperature, from 0 to 1.
    pub temperature: Option<f64>,
    /// Nucleus sampling probability, from 0 to 1.
    pub top_p: Option<f64>,
    /// Sequences at which to stop, at most 2,500. The scripted model never stops at one.
    #[serde(default)]
    pub stop_sequences: Vec<String>,
}

/// The guardrail to apply.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Guardrail {
    /// The guardrail's id or ARN.
    pub guardrail_identifier: String,
    /// The version: a number or `DRAFT`.
    pub guardrail_version: String,
    /// Level of the guardrail's trace.
    pub trace: Option<GuardrailTrace>,
    /// Stream processing; `ConverseStream` only.
    pub stream_processing_mode: Option<StreamProcessing>,
}

/// The level of a guardrail's trace.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GuardrailTrace {
    /// Reports the guardrail's actions.
    Enabled,
    /// Reports nothing.
    Disabled,
    /// Reports the full assessment.
    EnabledFull,
}

/// The guardrail's processing of a stream.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum StreamProcessing {
    /// Holds the stream back until it is assessed.
    Sync,
    /// Assesses the stream without holding it back.
    Async,
}

/// Performance options.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Performance {
    /// The requested latency.
    pub latency: Option<Latency>,
}

/// A latency option.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Latency {
    /// The default latency.
    Standard,
    /// Reduced latency.
    Optimized,
}

/// The requested service tier.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServiceTier {
    /// The tier.
    #[serde(rename = "type")]
    pub kind: Tier,
}

/// A service tier.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Tier {
    /// Processed before the others.
    Priority,
    /// The standard tier.
    Default,
    /// Processed when there is spare capacity.
    Flex,
    /// Capacity reserved in advance.
    Reserved,
}
