//! The tools that a request offers. It must never know what a tool does.

use serde::Deserialize;
use serde_json::{Map, Value};

use super::content::CachePoint;

/// The tools on offer and whether one must be used.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ToolConfig {
    /// At least one.
    pub tools: Vec<Tool>,
    /// Whether one must be used; absent means `auto`.
    pub tool_choice: Option<Choice>,
}

/// A union: exactly one member.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Tool {
    /// A tool that the client runs.
    ToolSpec(ToolSpec),
    /// A tool that Bedrock runs; the sandbox has none.
    SystemTool(SystemTool),
    /// A mark for prompt caching.
    CachePoint(CachePoint),
}

/// A tool that the client runs.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ToolSpec {
    /// 1 to 64 of `[a-zA-Z0-9_-]`, unique.
    pub name: String,
    /// What it is for: all that the model knows of it.
    pub description: Option<String>,
    /// Its arguments.
    pub input_schema: InputSchema,
    /// Whether arguments must follow the schema exactly.
    pub strict: Option<bool>,
}

/// A tool that Bedrock runs.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SystemTool {
    /// Its name.
    pub name: String,
}

/// A union with one member.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InputSchema {
    /// A JSON Schema whose root is an object.
    pub json: Value,
}

/// Whether a tool must be used: exactly one member.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Choice {
    /// The model chooses.
    Auto(Nothing),
    /// One of them must be.
    Any(Nothing),
    /// This one must be.
    Tool(Named),
}

/// An empty object.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Nothing {}

/// A tool's name.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Named {
    /// The name.
    pub name: String,
}

impl ToolConfig {
    /// The tools that the client runs.
    pub fn specs(&self) -> impl Iterator<Item = &ToolSpec> {
        self.tools.iter().filter_map(|tool| match tool {
            Tool::ToolSpec(spec) => Some(spec),
            Tool::SystemTool(_) | Tool::CachePoint(_) => None,
        })
    }
}

impl ToolSpec {
    /// The schema's properties; none when it has no such member.
    pub fn properties(&self) -> impl Iterator<Item = (&String, &Value)> {
        self.input_schema.json.get("properties").and_then(Value::as_object).into_iter().flat_map(Map::iter)
    }

    /// Whether the schema demands `property`.
    #[must_use]
    pub fn requires(&self, property: &str) -> bool {
        let required = self.input_schema.json.get("required").and_then(Value::as_array);
        required.is_some_and(|names| names.iter().any(|name| name == property))
    }
}
