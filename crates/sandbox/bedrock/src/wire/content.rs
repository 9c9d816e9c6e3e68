//! Messages and their content blocks. It must never know which order of them is allowed.

use serde::Deserialize;
use serde_json::Value;

/// Who speaks. `system` within a conversation is refused: no model of this sandbox takes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Role {
    /// The person, and the results of tools.
    User,
    /// The model.
    Assistant,
}

/// One message.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Message {
    /// Who speaks.
    pub role: Role,
    /// What is said, at least one block.
    pub content: Vec<ContentBlock>,
}

/// A union: exactly one member in the JSON object.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ContentBlock {
    /// Words.
    Text(String),
    /// The model proposes a call.
    ToolUse(ToolUse),
    /// What came of a call.
    ToolResult(ToolResult),
    /// A mark for prompt caching.
    CachePoint(CachePoint),
    /// A model's visible reasoning, sent back unchanged.
    ReasoningContent(Reasoning),
    /// Content for the guardrail.
    GuardContent(Value),
    /// A picture, which the scripted model doesn't look at.
    Image(Value),
    /// A document, which the scripted model doesn't read.
    Document(Value),
    /// A video, which the scripted model doesn't watch.
    Video(Value),
    /// Sound, which the scripted model doesn't hear.
    Audio(Value),
    /// An answer with citations.
    CitationsContent(Value),
    /// A search result.
    SearchResult(Value),
}

/// A model's reasoning: exactly one member.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Reasoning {
    /// What can be read.
    ReasoningText(ReasoningText),
    /// What only the provider can read, in base64.
    RedactedContent(String),
}

/// Reasoning that can be read.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReasoningText {
    /// The text, which may be empty but must be there.
    pub text: String,
    /// The provider's signature.
    pub signature: Option<String>,
}

/// One system prompt: exactly one member.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum SystemBlock {
    /// Words.
    Text(String),
    /// Content for the guardrail.
    GuardContent(Value),
    /// A mark for prompt caching.
    CachePoint(CachePoint),
}

/// A mark for prompt caching. The sandbox caches nothing, as Bedrock does below its minimum.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CachePoint {
    /// Always `default`.
    #[serde(rename = "type")]
    pub kind: CacheKind,
    /// How long the prefix stays.
    pub ttl: Option<CacheTtl>,
}

/// The only kind of cache point.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum CacheKind {
    /// The only kind.
    Default,
}

/// How long a cached prefix stays.
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
    /// 1 to 64 of `[a-zA-Z0-9_.:-]`.
    pub tool_use_id: String,
    /// The tool.
    pub name: String,
    /// The arguments: an object.
    pub input: Value,
}

/// What came of a call.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ToolResult {
    /// The call that this answers.
    pub tool_use_id: String,
    /// The result, at least one part.
    pub content: Vec<ResultContent>,
    /// Whether the call succeeded; absent means that it did.
    pub status: Option<ResultStatus>,
}

/// One part of a tool's result: exactly one member.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ResultContent {
    /// A JSON document.
    Json(Value),
    /// Words.
    Text(String),
    /// A picture.
    Image(Value),
    /// A document.
    Document(Value),
    /// A video.
    Video(Value),
    /// A search result.
    SearchResult(Value),
}

/// Whether a tool's call succeeded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ResultStatus {
    /// It did.
    Success,
    /// It did not.
    Error,
}
