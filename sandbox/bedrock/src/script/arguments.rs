//! Derives a call's arguments from the tool's schema and the person's words. Must never use the words of a tool's
//! result.

use serde_json::{Map, Value, json};

use super::names::only_name;
use super::people::people;
use super::turn::Turn;
use super::wants::Want;
use super::words::{number, parts, place, quoted};
use crate::plan::Block;
use crate::wire::ToolSpec;

/// Parts of a property's name that mark it as a person.
const PERSON: &[&str] = &[
    "user",
    "username",
    "login",
    "email",
    "mail",
    "person",
    "employee",
    "owner",
    "assignee",
    "who",
    "member",
    "account",
    "recipient",
];

/// Parts of a property's name that mark it as a place.
pub(super) const PLACE: [&str; 5] = ["city", "location", "place", "town", "where"];

/// Returns the calls for `want`, one for each named person.
///
/// # Errors
/// The question that the model must ask first.
pub(super) fn calls(want: &Want<'_>, turn: &Turn<'_>) -> Result<Vec<Block>, String> {
    let person = want.tool.properties().find(|(name, _)| is_person(name));
    let people = match person {
        Some((property, _)) => people(want, want.tool.requires(property), turn)?,
        None => Vec::new(),
    };
    let many = want.tool.properties().any(|(name, schema)| is_person(name) && kind(schema) == "array");
    let mut groups: Vec<&[String]> = people.chunks(if many { people.len().max(1) } else { 1 }).collect();
    if people.is_empty() || (turn.says(&["my", "mine"]) && can_do_without_person(want.tool)) {
        groups.insert(0, &[]);
    }
    groups.into_iter().map(|people| Ok(Block::call(&want.tool.name, arguments(want, turn, people)?))).collect()
}

fn can_do_without_person(tool: &ToolSpec) -> bool {
    tool.properties().all(|(name, _)| !is_person(name) || !tool.requires(name))
}

fn arguments(want: &Want<'_>, turn: &Turn<'_>, people: &[String]) -> Result<Value, String> {
    let (tool, mut arguments) = (want.tool, Map::new());
    for (name, schema) in tool.properties() {
        match value(name, schema, want, turn, people) {
            Some(value) => arguments.insert(name.clone(), value),
            None if tool.requires(name) => return Err(format!("I need one more thing for that: {}.", readable(name))),
            None => None,
        };
    }
    Ok(Value::Object(arguments))
}

/// Derives the value of one property from the words. Without a match it takes the schema's default, and guesses only
/// for a required property.
fn value(name: &str, schema: &Value, want: &Want<'_>, turn: &Turn<'_>, people: &[String]) -> Option<Value> {
    let (said, required) = (want.text, want.tool.requires(name));
    if is_person(name) {
        return match kind(schema) {
            "array" if !people.is_empty() => Some(json!(people)),
            "string" => people.first().map(|address| json!(address)),
            _ => None,
        };
    }
    if let Some(choices) = schema.get("enum").and_then(Value::as_array) {
        let lower = said.to_lowercase();
        let chosen =
            choices.iter().find(|choice| choice.as_str().is_some_and(|choice| lower.contains(&choice.to_lowercase())));
        return chosen.or(schema.get("default")).or(choices.first().filter(|_| required)).cloned();
    }
    let has = |words: &[&str]| parts(name).iter().any(|part| words.contains(&part.as_str()));
    match kind(schema) {
        "integer" => {
            number(said).filter(|_| required || has(&["limit", "count", "max"])).map(|number| json!(number as i64))
        }
        "number" => number(said).filter(|_| required).map(|number| json!(number)),
        "boolean" => schema.get("default").cloned().or(required.then_some(json!(false))),
        "object" => required.then(|| json!({})),
        "array" => required.then(|| json!([])),
        _ if has(&["expression", "formula", "calculation", "sum"]) => {
            want.expression.as_ref().map(|expression| json!(expression))
        }
        _ if has(&PLACE) => place(said).or_else(|| only_name(said).map(str::to_owned)).map(|place| json!(place)),
        _ if has(&["query", "text", "question", "message", "prompt", "input"]) => {
            Some(json!(quoted(said).unwrap_or(turn.said)))
        }
        _ => quoted(said).filter(|_| required).map(|words| json!(words)),
    }
}

/// Returns true if a property names a person.
pub(super) fn is_person(property: &str) -> bool {
    parts(property).iter().any(|part| PERSON.contains(&part.as_str()))
}

/// Returns the schema's type; of several types, the first that isn't `null`.
fn kind(schema: &Value) -> &str {
    match schema.get("type") {
        Some(Value::String(kind)) => kind,
        Some(Value::Array(kinds)) => {
            kinds.iter().filter_map(Value::as_str).find(|kind| *kind != "null").unwrap_or("string")
        }
        _ => "string",
    }
}

fn readable(property: &str) -> String {
    format!("the {}", property.replace(['_', '-'], " "))
}
