//! Everything in a request that is neither conversation nor tools. It must never know what the model makes of it.

use serde::Deserialize;

/// Limits and sampling.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Inference {
    /// The most tokens to answer with, at least 1.
    pub max_tokens: Option<i64>,
    /// From 0 to 1.
    pub temperature: Option<f64>,
    /// From 0 to 1.
    pub top_p: Option<f64>,
    /// Words at which to stop, 2,500 at most. The scripted model never says them, so it never stops there.
    #[serde(default)]
    pub stop_sequences: Vec<String>,
}

/// The guardrail to apply.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Guardrail {
    /// Its id or ARN.
    pub guardrail_identifier: String,
    /// A number or `DRAFT`.
    pub guardrail_version: String,
    /// Whether to trace.
    pub trace: Option<GuardrailTrace>,
    /// Streaming only.
    pub stream_processing_mode: Option<StreamProcessing>,
}

/// How much a guardrail tells.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GuardrailTrace {
    /// What it did.
    Enabled,
    /// Nothing.
    Disabled,
    /// Everything.
    EnabledFull,
}

/// Whether a guardrail holds the stream back.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum StreamProcessing {
    /// It does.
    Sync,
    /// It does not.
    Async,
}

/// Latency wish.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Performance {
    /// The wish.
    pub latency: Option<Latency>,
}

/// The two latencies.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Latency {
    /// As always.
    Standard,
    /// Faster.
    Optimized,
}

/// Price tier.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServiceTier {
    /// The tier.
    #[serde(rename = "type")]
    pub kind: Tier,
}

/// The price tiers.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Tier {
    /// Before the others.
    Priority,
    /// As always.
    Default,
    /// When there is room.
    Flex,
    /// Bought ahead.
    Reserved,
}
