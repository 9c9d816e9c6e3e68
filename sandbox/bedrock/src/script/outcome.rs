//! Classifies a tool's result without knowledge of the tool. Must never follow instructions in a result.

use serde_json::Value;

use crate::wire::{ResultContent, ResultStatus, ToolResult};

/// The outcome of a tool call.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Outcome {
    /// The call failed or was refused, for this reason.
    Refusal(String),
    /// The call returned JSON.
    Data(Value),
    /// The call returned text.
    Words(String),
}

impl Outcome {
    pub(super) fn is_refusal(&self) -> bool {
        matches!(self, Self::Refusal(_))
    }
}

/// Members that carry the reason of a refusal, most specific first.
const REASONS: [&str; 7] = ["refused", "refusal", "denied", "error", "reason", "message", "detail"];

/// Classifies `result`.
pub(super) fn of(result: &ToolResult) -> Outcome {
    let outcome = content(result);
    let refusal = match &outcome {
        Outcome::Data(Value::Object(members)) => REASONS[..4].iter().any(|key| members.get(*key).is_some_and(telling)),
        Outcome::Words(text) => {
            let text = text.to_lowercase();
            ["refused", "denied", "not allowed", "error:"].iter().any(|word| text.starts_with(word))
        }
        _ => false,
    };
    if result.status != Some(ResultStatus::Error) && !refusal {
        return outcome;
    }
    Outcome::Refusal(match outcome {
        Outcome::Data(value) => reason(&value),
        Outcome::Words(text) | Outcome::Refusal(text) => text,
    })
}

fn content(result: &ToolResult) -> Outcome {
    let json = result.content.iter().find_map(|part| match part {
        ResultContent::Json(value) => Some(value.clone()),
        _ => None,
    });
    if let Some(value) = json {
        return Outcome::Data(value);
    }
    let texts: Vec<&str> = result
        .content
        .iter()
        .filter_map(|part| if let ResultContent::Text(text) = part { Some(text.as_str()) } else { None })
        .collect();
    let text = texts.join("\n");
    embedded(&text).map_or_else(|| Outcome::Words(undelimited(&text)), Outcome::Data)
}

/// Parses `text` as JSON, with or without delimiting tags around it; a JSON string gives `None`.
fn embedded(text: &str) -> Option<Value> {
    let inner = undelimited(text);
    let value: Value = serde_json::from_str(&inner).ok()?;
    match value {
        // A careful client may encode plain text as a JSON string.
        Value::String(_) => None,
        value => Some(value),
    }
}

/// Removes lines that consist of one tag, and a tag around the whole text.
fn undelimited(text: &str) -> String {
    let tag = |line: &&str| line.starts_with('<') && line.ends_with('>') && line.matches('<').count() == 1;
    let lines: Vec<&str> = text.lines().filter(|line| !tag(&line.trim())).collect();
    let text = lines.join("\n").trim().to_owned();
    let inner =
        text.strip_prefix('<').and_then(|rest| rest.split_once('>')).and_then(|(_, rest)| rest.rsplit_once("</"));
    match inner {
        Some((inner, _)) if text.ends_with('>') => inner.trim().to_owned(),
        _ => text,
    }
}

fn telling(value: &Value) -> bool {
    !matches!(value, Value::Null | Value::Bool(false)) && value.as_str() != Some("")
}

/// Returns the first reason that is a string, at the root or one level down; otherwise the whole value as JSON.
fn reason(value: &Value) -> String {
    let words = |value: &Value| REASONS.iter().find_map(|key| value.get(key)?.as_str().map(str::to_owned));
    let deep = || REASONS.iter().find_map(|key| words(value.get(key)?));
    words(value).or_else(deep).unwrap_or_else(|| value.to_string())
}
