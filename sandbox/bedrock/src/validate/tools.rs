//! Rules for the offered tools. Must not depend on the conversation.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{constraint, identifier};
use crate::models::Family;
use crate::wire::{Choice, Tool, ToolConfig};

/// The only keys that Nova accepts at a schema's root.
const NOVA_ROOT: [&str; 3] = ["type", "properties", "required"];

pub(super) fn check(config: &ToolConfig, family: Family) -> Result<(), String> {
    if config.specs().next().is_none() {
        return Err(constraint("[]", "toolConfig.tools", "have length greater than or equal to 1"));
    }
    let mut names = BTreeSet::new();
    for (at, tool) in config.tools.iter().enumerate() {
        let spec = match tool {
            Tool::ToolSpec(spec) => spec,
            Tool::CachePoint(_) => continue,
            Tool::SystemTool(tool) => {
                return Err(format!("The system tool {} isn't supported by this model.", tool.name));
            }
        };
        let path = format!("toolConfig.tools.{at}.toolSpec");
        identifier(&spec.name, &format!("{path}.name"), "_-")?;
        if !names.insert(&spec.name) {
            return Err(format!("The value at {path}.name is not unique: there is another tool named {}.", spec.name));
        }
        if spec.description.as_deref() == Some("") {
            return Err(constraint("", &format!("{path}.description"), "have length greater than or equal to 1"));
        }
        schema(&spec.input_schema.json, &format!("{path}.inputSchema.json"), family)?;
    }
    match &config.tool_choice {
        Some(Choice::Tool(named)) if !names.contains(&named.name) => Err(format!(
            "The tool {} at toolConfig.toolChoice.tool is not among the tools at toolConfig.tools.",
            named.name
        )),
        _ => Ok(()),
    }
}

fn schema(schema: &Value, at: &str, family: Family) -> Result<(), String> {
    let Some(root) = schema.as_object() else {
        return Err(format!(
            "The format of the value at {at} is invalid. Provide a json object for the field and try again."
        ));
    };
    if root.get("type").and_then(Value::as_str) != Some("object") {
        return Err(format!("The value at {at}.type must be one of the following: object."));
    }
    if family == Family::Nova
        && let Some(key) = root.keys().find(|key| !NOVA_ROOT.contains(&key.as_str()))
    {
        let pointer = at.replace('.', "/");
        return Err(format!(
            "The model returned the following errors: Malformed input request: #/{pointer}: extraneous key [{key}] is not permitted, please reformat your input and try again."
        ));
    }
    let none = serde_json::Map::new();
    let properties = match root.get("properties") {
        None => &none,
        Some(Value::Object(properties)) => properties,
        Some(_) => return Err(format!("The value at {at}.properties must be an object.")),
    };
    let required = match root.get("required") {
        None => [].as_slice(),
        Some(Value::Array(required)) => required.as_slice(),
        Some(_) => return Err(format!("The value at {at}.required must be a list.")),
    };
    match required.iter().find(|name| !name.as_str().is_some_and(|name| properties.contains_key(name))) {
        Some(name) => Err(format!("The value at {at}.required names {name}, which {at}.properties doesn't have.")),
        None => Ok(()),
    }
}
