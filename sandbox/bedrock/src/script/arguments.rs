//! Derives a call's arguments from the tool's schema and the person's words. Must never use the words of a tool's
//! result.

use serde_json::{Map, Value, json};

use super::Turn;
use super::rules::Want;
use super::words::{addresses, arithmetic, bare_name, number, parts, place, quoted, stems};
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

/// Returns the calls for `want`, one for each named person, or the question that the model must ask first.
pub(super) fn calls(want: &Want<'_>, turn: &Turn<'_>, system: &[&str]) -> Result<Vec<Block>, String> {
    let people = people(want, turn, system)?;
    let many = want.tool.properties().any(|(name, schema)| is_person(name) && kind(schema) == "array");
    let mut groups: Vec<&[String]> = people.chunks(if many { people.len().max(1) } else { 1 }).collect();
    if people.is_empty() || (wants_own(turn.said) && can_do_without_person(want.tool)) {
        groups.insert(0, &[]);
    }
    groups
        .into_iter()
        .map(|people| Ok(Block::call(&want.tool.name, arguments(want.tool, turn.said, people)?)))
        .collect()
}

/// Returns true if the person asks for something of their own, besides that of named people.
fn wants_own(said: &str) -> bool {
    stems(said).iter().any(|(_, stem)| stem == "my" || stem == "mine")
}

fn can_do_without_person(tool: &ToolSpec) -> bool {
    tool.properties().all(|(name, _)| !is_person(name) || !tool.requires(name))
}

/// Returns the addresses of the people meant; empty when the person means themselves and the tool doesn't require a
/// person.
fn people(want: &Want<'_>, turn: &Turn<'_>, system: &[&str]) -> Result<Vec<String>, String> {
    let Some((property, _)) = want.tool.properties().find(|(name, _)| is_person(name)) else { return Ok(Vec::new()) };
    if !want.addresses.is_empty() {
        return Ok(want.addresses.clone());
    }
    let said = stems(turn.said);
    let says = |words: &[&str]| said.iter().any(|(_, stem)| words.contains(&stem.as_str()));
    if says(&["his", "her", "him", "their", "them"]) && !says(&["my"]) {
        let last = turn.earlier.iter().rev().find_map(|text| addresses(text).pop());
        if let Some((_, address)) = last {
            return Ok(vec![address]);
        }
    }
    if let Some(name) = bare_name(turn.said).filter(|_| !says(&["my", "me", "i"])) {
        return Err(format!("Which {name} do you mean? Please give me an e-mail address."));
    }
    if !want.tool.requires(property) {
        return Ok(Vec::new());
    }
    let me = system.iter().find_map(|text| addresses(text).into_iter().next()).filter(|_| says(&["my", "me", "i"]));
    me.map(|(_, address)| vec![address]).ok_or_else(|| "For whom? Please give me an e-mail address.".into())
}

fn arguments(tool: &ToolSpec, said: &str, people: &[String]) -> Result<Value, String> {
    let mut arguments = Map::new();
    for (name, schema) in tool.properties() {
        match value(name, schema, said, people, tool.requires(name)) {
            Some(value) => arguments.insert(name.clone(), value),
            None if tool.requires(name) => return Err(format!("I need one more thing for that: {}.", readable(name))),
            None => None,
        };
    }
    Ok(Value::Object(arguments))
}

/// Derives the value of one property from the words. Without a match it takes the schema's default, and guesses only
/// for a required property.
fn value(name: &str, schema: &Value, said: &str, people: &[String], required: bool) -> Option<Value> {
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
        _ if has(&["expression", "formula", "calculation", "sum"]) => arithmetic(said).map(|sum| json!(sum)),
        _ if has(&["city", "location", "place", "town", "where"]) => place(said).map(|place| json!(place)),
        _ if has(&["query", "text", "question", "message", "prompt", "input"]) => {
            Some(json!(quoted(said).unwrap_or(said)))
        }
        _ => quoted(said).filter(|_| required).map(|words| json!(words)),
    }
}

fn is_person(property: &str) -> bool {
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
