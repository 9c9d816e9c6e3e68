//! Messages and their content blocks. Must not contain rules about their order.

use serde::Deserialize;
use serde_json::Value;

/// The author of a message. `system` within a conversation is rejected: no model of this sandbox accepts it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Role {
    /// The person, or the results of tools.
    User,
    /// The model, called assistant in the protocol.
    Assistant,
}

/// One message of the conversation.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Message {
    /// The author.
    pub role: Role,
    /// The content, at least one block.
    pub content: Vec<ContentBlock>,
}

/// One block of content: a union, with exactly one member in the JSON object.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ContentBlock {
    /// Plain text.
    Text(String),
    /// A tool call that the model proposed.
    ToolUse(ToolUse),
    /// The result of a tool call.
    ToolResult(ToolResult),
    /// A cache point for prompt caching.
    CachePoint(CachePoint),
    /// The model's reasoning, sent back unchanged.
    ReasoningContent(Reasoning),
    /// Content for the guardrail to assess.
    GuardContent(Value),
    /// An image, which the scripted model ignores.
    Image(Value),
    /// A document, which the scripted model ignores.
    Document(Value),
    /// A video, which the scripted model ignores.
    Video(Value),
    /// Audio, which the scripted model ignores.
    Audio(Value),
    /// An answer with citations.
    CitationsContent(Value),
    /// A search result.
    SearchResult(Value),
}

/// A model's reasoning: a union with exactly one member.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Reasoning {
    /// Readable reasoning.
    ReasoningText(ReasoningText),
    /// Reasoning that only the provider can read, in base64.
    RedactedContent(String),
}

/// Readable reasoning with its signature.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReasoningText {
    /// The text: required, but may be empty.
    pub text: String,
    /// The provider's signature.
    pub signature: Option<String>,
}

/// One system prompt: a union with exactly one member.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum SystemBlock {
    /// Plain text.
    Text(String),
    /// Content for the guardrail to assess.
    GuardContent(Value),
    /// A cache point for prompt caching.
    CachePoint(CachePoint),
}

/// A cache point for prompt caching. The sandbox caches nothing, as Bedrock does for prompts below its minimum size.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CachePoint {
    /// Always `default`.
    #[serde(rename = "type")]
    pub kind: CacheKind,
    /// Lifetime of the cached prefix.
    pub ttl: Option<CacheTtl>,
}

/// The only kind of cache point.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum CacheKind {
    /// The default cache point.
    Default,
}

/// The lifetime of a cached prefix.
#[derive(Debug, Clone, Copy, Deserialize)]
pub enum CacheTtl {
    /// Five minutes.
    #[serde(rename = "5m")]
    Minutes5,
    /// An hour.
    #[serde(rename = "1h")]
    Hour1,
}

/// A call that the model proposed in an earlier answer.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ToolUse {
    /// The call's id: 1 to 64 characters of `[a-zA-Z0-9_.:-]`.
    pub tool_use_id: String,
    /// The tool's name.
    pub name: String,
    /// The arguments; must be an object.
    pub input: Value,
}

/// The result of a tool call.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ToolResult {
    /// The id of the answered call.
    pub tool_use_id: String,
    /// The content, at least one part.
    pub content: Vec<ResultContent>,
    /// The outcome; absent means success.
    pub status: Option<ResultStatus>,
}

/// One part of a tool's result: a union with exactly one member.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ResultContent {
    /// A JSON document.
    Json(Value),
    /// Plain text.
    Text(String),
    /// An image.
    Image(Value),
    /// A document.
    Document(Value),
    /// A video.
    Video(Value),
    /// A search result.
    SearchResult(Value),
}

/// The outcome of a tool call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ResultStatus {
    /// The call succeeded.
    Success,
    /// The call failed.
    Error,
}
