//! Phrases the results of tools as text. Must never claim more than a result says.

use serde_json::{Map, Value};

use super::outcome::{self, Outcome};
use super::words::spelled;
use crate::wire::{ToolResult, ToolUse};

/// Members that name an item of a list, in order of preference.
const LABELS: [&str; 7] = ["name", "title", "full_name", "displayName", "display_name", "login", "summary"];

/// Words of a refusal that leave open whether the call had its effect.
const UNSURE: [&str; 6] = ["unknown", "may have", "might have", "timed out", "timeout", "not known"];

/// Phrases the results, one paragraph each.
pub(super) fn results(done: &[(&ToolUse, &ToolResult)]) -> String {
    let paragraphs: Vec<String> =
        done.iter().map(|(call, result)| paragraph(call, outcome::of(result), done.len() > 1)).collect();
    paragraphs.join("\n\n")
}

fn paragraph(call: &ToolUse, outcome: Outcome, several: bool) -> String {
    let person = person(call);
    match outcome {
        Outcome::Refusal(reason) => refusal(&reason, person.filter(|_| several)),
        Outcome::Words(text) if text.is_empty() => "Done.".into(),
        Outcome::Words(text) => text,
        Outcome::Data(Value::Array(items)) => list(&items, noun(&call.name), person),
        Outcome::Data(Value::Object(members)) => {
            calculated(call, &members).or_else(|| filled(&members)).unwrap_or_else(|| object(&members, person))
        }
        Outcome::Data(Value::Null) => "Done.".into(),
        Outcome::Data(value) => format!("The result is {}.", plain(&value)),
    }
}

/// Phrases a refusal: the reason, and whether anything was done.
fn refusal(reason: &str, person: Option<&str>) -> String {
    let reason = sentence(reason);
    let whom = person.map(|person| format!(" for {person}")).unwrap_or_default();
    let lower = reason.to_lowercase();
    let end = if UNSURE.iter().any(|sign| lower.contains(sign)) {
        " I can't say whether it was done."
    } else if lower.contains("nothing was") {
        ""
    } else {
        " Nothing was done."
    };
    format!("I couldn't do that{whom}: {reason}{end}")
}

fn list(items: &[Value], noun: &str, person: Option<&str>) -> String {
    let one = singular(noun);
    let noun = if items.len() == 1 { one.as_str() } else { noun };
    let belonging = one == "group";
    let opening = match person {
        Some(person) if belonging => format!("{person} belongs to {} {noun}", digits(items.len())),
        Some(person) => format!("{person} has {} {noun}", digits(items.len())),
        None if belonging => format!("You belong to {} {noun}", spelled(items.len())),
        None => format!("You have {} {noun}", spelled(items.len())),
    };
    if items.is_empty() {
        return format!("{opening}.");
    }
    let lines: Vec<String> = items.iter().map(|item| format!("- {}", label(item))).collect();
    format!("{opening}:\n\n{}", lines.join("\n"))
}

/// Phrases the result of a calculator.
fn calculated(call: &ToolUse, members: &Map<String, Value>) -> Option<String> {
    let expression = call.input.get("expression")?.as_str()?;
    let result = plain(members.get("result")?);
    let is_date = expression.starts_with('@') && result.contains(", ");
    Some(if is_date {
        format!("That is **{result}**.")
    } else if expression.starts_with('@') {
        format!("**{result}**.")
    } else {
        format!("`{expression}` = **{result}**")
    })
}

/// Sentences for objects with certain members. `{member}` stands for a member's text.
const SENTENCES: [&str; 2] =
    ["The account {user} is {status}.", "In {place} it is {temperature_c} °C, {sky}. It feels like {feels_like_c} °C."];

/// Fills in the first sentence all of whose members an object has.
fn filled(members: &Map<String, Value>) -> Option<String> {
    SENTENCES.iter().find_map(|sentence| {
        let mut pieces = sentence.split(['{', '}']);
        let mut text = pieces.next()?.to_owned();
        while let (Some(name), Some(after)) = (pieces.next(), pieces.next()) {
            let value = plain(members.get(name)?);
            text.push_str(&if name == "status" { state(&value) } else { value });
            text.push_str(after);
        }
        Some(text)
    })
}

/// Returns the state of an account in everyday words.
fn state(status: &str) -> String {
    match status {
        "DEPROVISIONED" => "disabled".to_owned(),
        "RECOVERY" | "PASSWORD_EXPIRED" => "waiting for a new password".to_owned(),
        "STAGED" | "PROVISIONED" => "not in use yet".to_owned(),
        other => other.to_lowercase().replace('_', " "),
    }
}

/// Phrases an object: its only list if it has exactly one, else its message, else member by member.
fn object(members: &Map<String, Value>, person: Option<&str>) -> String {
    let mut lists = members.iter().filter_map(|(name, value)| value.as_array().map(|items| (name, items)));
    if let (Some((name, items)), None) = (lists.next(), lists.next()) {
        return list(items, name, person);
    }
    if let Some(text) = ["message", "summary", "result"].iter().find_map(|key| members.get(*key)) {
        return match text {
            Value::String(text) => sentence(text),
            value => format!("The result is {}.", plain(value)),
        };
    }
    if members.is_empty() {
        return "Done.".into();
    }
    let lines: Vec<String> =
        members.iter().map(|(name, value)| format!("- {}: {}", name.replace('_', " "), plain(value))).collect();
    format!("Here is what came back:\n\n{}", lines.join("\n"))
}

/// Returns the name of an item, else the whole item as text.
pub(super) fn label(item: &Value) -> String {
    let named = |value: &Value| LABELS.iter().find_map(|key| value.get(key)?.as_str().map(str::to_owned));
    named(item).or_else(|| named(item.get("profile")?)).unwrap_or_else(|| plain(item))
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Returns the person that a call was about: the first argument that is an e-mail address.
pub(super) fn person(call: &ToolUse) -> Option<&str> {
    call.input.as_object()?.values().filter_map(Value::as_str).find(|text| text.contains('@'))
}

/// Returns the noun for a tool's list: the last part of the tool's name if it ends in `s`, else "results".
pub(super) fn noun(tool: &str) -> &str {
    let last = tool.rsplit(['_', '-', '.']).next().unwrap_or(tool);
    if last.ends_with('s') { last } else { "results" }
}

fn singular(noun: &str) -> String {
    super::words::stem(noun)
}

fn digits(count: usize) -> String {
    if count == 0 { "no".into() } else { count.to_string() }
}

/// Truncates the text to 400 characters, a length that a model would quote, and ends it with a full stop.
fn sentence(text: &str) -> String {
    let mut text: String = text.trim().chars().take(400).collect();
    if !text.ends_with(['.', '!', '?']) {
        text.push('.');
    }
    text
}
