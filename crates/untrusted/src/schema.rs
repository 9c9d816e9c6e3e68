//! Schemas of arguments: reduced to the subset that every model accepts and this crate can check, and the check itself.
//! Amazon Nova rejects a root with members other than `type`, `properties` and `required`.

use crate::cleaned;
use serde_json::{Map, Value, json};

/// Deepest schema in levels; a reference counts as one.
const DEEPEST: usize = 8;

/// Most properties in total.
const MOST_PROPERTIES: usize = 128;

/// Longest reduced schema, and longest arguments, in bytes.
const LARGEST_SCHEMA: usize = 16 * 1024;

/// The types of JSON Schema.
const TYPES: [&str; 7] = ["string", "integer", "number", "boolean", "object", "array", "null"];

/// The reason why a schema cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadSchema {
    /// The root does not describe an object.
    #[error("the schema does not describe an object")]
    NoObject,
    /// It has more than 8 levels, or refers to itself.
    #[error("the schema is too deep or refers to itself")]
    Deep,
    /// It has more than 128 properties or 16 KiB.
    #[error("the schema is too large")]
    Large,
    /// It refers to something outside itself.
    #[error("the schema refers to something outside itself")]
    Reference,
    /// A property's name contains characters other than `[a-zA-Z0-9_.-]`, or more than 64.
    #[error("a property has a name that cannot be shown")]
    PropertyName,
    /// It requires a property that it does not declare.
    #[error("the schema requires a property that it does not describe")]
    Required,
    /// A part of it is not a valid schema.
    #[error("a part of the schema is malformed")]
    Malformed,
}

/// Returns the schema for the model: `type`, `properties`, `required` at the root, with references expanded.
///
/// # Errors
/// See [`BadSchema`].
pub fn reduce(raw: &Value) -> Result<Value, BadSchema> {
    reduce_within(raw, raw)
}

/// Like [`reduce`], for a schema whose references lead into `document`.
///
/// # Errors
/// See [`BadSchema`].
pub fn reduce_within(raw: &Value, document: &Value) -> Result<Value, BadSchema> {
    if raw["type"] != "object" {
        return Err(BadSchema::NoObject);
    }
    let mut reducer = Reducer { root: document, properties: 0 };
    let mut schema = reducer.reduce(raw, DEEPEST)?;
    let members = schema.as_object_mut().ok_or(BadSchema::Malformed)?;
    members.entry("properties").or_insert_with(|| json!({}));
    members.entry("required").or_insert_with(|| json!([]));
    members.retain(|key, _| matches!(key.as_str(), "type" | "properties" | "required"));
    if schema.to_string().len() > LARGEST_SCHEMA {
        return Err(BadSchema::Large);
    }
    Ok(schema)
}

struct Reducer<'a> {
    root: &'a Value,
    properties: usize,
}

impl Reducer<'_> {
    fn reduce(&mut self, raw: &Value, depth: usize) -> Result<Value, BadSchema> {
        let below = depth.checked_sub(1).ok_or(BadSchema::Deep)?;
        if raw == &Value::Bool(true) {
            return Ok(json!({}));
        }
        let members = raw.as_object().ok_or(BadSchema::Malformed)?;
        if let Some(reference) = members.get("$ref") {
            let target = self.target(reference.as_str().ok_or(BadSchema::Malformed)?)?.clone();
            return self.reduce(&target, below);
        }
        if let Some(only) = only_choice(members) {
            return self.reduce(only, below);
        }
        let mut clean = Map::new();
        if let Some(kind) = kind(members.get("type"))? {
            clean.insert("type".to_owned(), json!(kind));
        }
        if let Some(text) = members.get("description").and_then(Value::as_str) {
            clean.insert("description".to_owned(), json!(text::line(text, 200)));
        }
        if let Some(Value::Array(choices)) = members.get("enum") {
            clean.insert("enum".to_owned(), cleaned(&json!(choices), 100, 2).ok_or(BadSchema::Deep)?);
        }
        if let Some(items) = members.get("items") {
            clean.insert("items".to_owned(), self.reduce(items, below)?);
        }
        if let Some(properties) = members.get("properties") {
            let properties = self.properties(properties.as_object().ok_or(BadSchema::Malformed)?, below)?;
            let required = required(members.get("required"), &properties)?;
            clean.insert("properties".to_owned(), Value::Object(properties));
            clean.insert("required".to_owned(), json!(required));
        }
        Ok(Value::Object(clean))
    }

    fn properties(&mut self, raw: &Map<String, Value>, depth: usize) -> Result<Map<String, Value>, BadSchema> {
        self.properties += raw.len();
        if self.properties > MOST_PROPERTIES {
            return Err(BadSchema::Large);
        }
        let good = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-');
        raw.iter()
            .map(|(name, schema)| {
                let shown = (1..=64).contains(&name.len()) && name.chars().all(good);
                if shown { Ok((name.clone(), self.reduce(schema, depth)?)) } else { Err(BadSchema::PropertyName) }
            })
            .collect()
    }

    /// Returns the definition that a reference within the document names, such as `#/$defs/Task`.
    fn target(&self, reference: &str) -> Result<&Value, BadSchema> {
        let path =
            ["#/$defs/", "#/definitions/", "#/components/schemas/"].iter().find(|start| reference.starts_with(**start));
        let pointer = path.and_then(|_| reference.strip_prefix('#')).ok_or(BadSchema::Reference)?;
        self.root.pointer(pointer).ok_or(BadSchema::Reference)
    }
}

/// Returns the alternative that is not `null` if there is only one: a common way to declare an optional value.
fn only_choice(members: &Map<String, Value>) -> Option<&Value> {
    let choices = members.get("anyOf").or_else(|| members.get("oneOf"))?.as_array()?;
    let mut real = choices.iter().filter(|choice| choice["type"] != "null");
    real.next().filter(|_| real.next().is_none())
}

fn kind(raw: Option<&Value>) -> Result<Option<&str>, BadSchema> {
    let one = match raw {
        None => return Ok(None),
        Some(Value::String(one)) => Some(one.as_str()),
        Some(Value::Array(many)) => {
            let mut real = many.iter().filter_map(Value::as_str).filter(|one| *one != "null");
            real.next().filter(|_| real.next().is_none())
        }
        Some(_) => return Err(BadSchema::Malformed),
    };
    match one {
        Some(one) if !TYPES.contains(&one) => Err(BadSchema::Malformed),
        one => Ok(one),
    }
}

fn required(raw: Option<&Value>, properties: &Map<String, Value>) -> Result<Vec<String>, BadSchema> {
    let Some(raw) = raw else { return Ok(Vec::new()) };
    let names = raw.as_array().ok_or(BadSchema::Malformed)?.iter().map(|name| match name.as_str() {
        Some(name) if properties.contains_key(name) => Ok(name.to_owned()),
        Some(_) => Err(BadSchema::Required),
        None => Err(BadSchema::Malformed),
    });
    names.collect()
}

/// Checks arguments against a reduced schema.
///
/// # Errors
/// The first mistake, as a sentence for the model.
pub fn check(schema: &Value, arguments: &Value) -> Result<(), String> {
    if !arguments.is_object() {
        return Err("The arguments must be an object.".to_owned());
    }
    if arguments.to_string().len() > LARGEST_SCHEMA {
        return Err("The arguments are too long.".to_owned());
    }
    check_at(schema, arguments, "the arguments")
}

fn check_at(schema: &Value, value: &Value, at: &str) -> Result<(), String> {
    let fits = match schema["type"].as_str() {
        None => true,
        Some("string") => value.is_string(),
        Some("integer") => value.is_i64() || value.is_u64(),
        Some("number") => value.is_number(),
        Some("boolean") => value.is_boolean(),
        Some("object") => value.is_object(),
        Some("array") => value.is_array(),
        Some(_) => value.is_null(),
    };
    if !fits {
        return Err(format!("In {at}: the value must be of type {}.", schema["type"]));
    }
    if schema["enum"].as_array().is_some_and(|choices| !choices.contains(value)) {
        return Err(format!("In {at}: the value must be one of {}.", schema["enum"]));
    }
    if let Some(items) = value.as_array().filter(|_| schema["items"].is_object()) {
        items.iter().try_for_each(|item| check_at(&schema["items"], item, at))?;
    }
    if let (Some(members), Some(properties)) = (value.as_object(), schema["properties"].as_object()) {
        for (name, own) in members {
            let described = properties.get(name).ok_or_else(|| format!("In {at}: there is no {name:?}."))?;
            check_at(described, own, name)?;
        }
        let required = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
        if let Some(missing) = required.into_iter().find(|name| !members.contains_key(*name)) {
            return Err(format!("In {at}: {missing:?} is missing."));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
