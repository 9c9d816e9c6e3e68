//! The tools that a request offers. Must not depend on what a tool does.

use serde::Deserialize;
use serde_json::{Map, Value};

use super::content::CachePoint;

/// The offered tools and the tool choice.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ToolConfig {
    /// The tools, at least one.
    pub tools: Vec<Tool>,
    /// The tool choice; absent means `auto`.
    pub tool_choice: Option<Choice>,
}

/// An entry of the tool list: a union with exactly one member.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Tool {
    /// A tool that the client runs.
    ToolSpec(ToolSpec),
    /// A tool that Bedrock runs; the sandbox has none.
    SystemTool(SystemTool),
    /// A cache point for prompt caching.
    CachePoint(CachePoint),
}

/// A tool that the client runs.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ToolSpec {
    /// The tool's name: 1 to 64 characters of `[a-zA-Z0-9_-]`, unique in the request.
    pub name: String,
    /// The tool's purpose, the only description that the model gets.
    pub description: Option<String>,
    /// Schema of the arguments.
    pub input_schema: InputSchema,
    /// Requires arguments to follow the schema exactly.
    pub strict: Option<bool>,
}

/// A tool that Bedrock runs.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SystemTool {
    /// The tool's name.
    pub name: String,
}

/// The schema of a tool's arguments: a union with one member.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InputSchema {
    /// A JSON Schema whose root is an object.
    pub json: Value,
}

/// The tool choice: a union with exactly one member.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Choice {
    /// The model decides whether to use a tool.
    Auto(Nothing),
    /// The model must use one of the tools.
    Any(Nothing),
    /// The model must use this tool.
    Tool(Named),
}

/// An empty JSON object.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Nothing {}

/// A reference to a tool.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Named {
    /// The tool's name.
    pub name: String,
}

impl ToolConfig {
    /// Returns the tools that the client runs.
    pub fn specs(&self) -> impl Iterator<Item = &ToolSpec> {
        self.tools.iter().filter_map(|tool| match tool {
            Tool::ToolSpec(spec) => Some(spec),
            Tool::SystemTool(_) | Tool::CachePoint(_) => None,
        })
    }
}

impl ToolSpec {
    /// Returns the schema's properties; empty when it has no `properties` object.
    pub fn properties(&self) -> impl Iterator<Item = (&String, &Value)> {
        self.input_schema.json.get("properties").and_then(Value::as_object).into_iter().flat_map(Map::iter)
    }

    /// Returns true if the schema requires `property`.
    #[must_use]
    pub fn requires(&self, property: &str) -> bool {
        let required = self.input_schema.json.get("required").and_then(Value::as_array);
        required.is_some_and(|names| names.iter().any(|name| name == property))
    }
}
