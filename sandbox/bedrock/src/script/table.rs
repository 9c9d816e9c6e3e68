//! Shows results as a Markdown table when the person asks for one.

use super::outcome::{self, Outcome};
use super::phrase;
use super::turn::{Turn, says};
use crate::wire::{ToolResult, ToolUse};
use serde_json::{Map, Value};

/// The most characters of a cell.
const WIDEST: usize = 80;

/// The most rows of a table.
const MOST_ROWS: usize = 50;

/// Shows the results of the message before, as the person wants to see them: "show it as a table".
pub(super) fn again(turn: &Turn<'_>) -> Option<String> {
    let as_list = says(turn.said, &["list"]) && says(turn.said, &["as"]);
    if !as_list && !says(turn.said, &["table"]) {
        return None;
    }
    Some(match turn.before.as_slice() {
        [] => "I have nothing yet that I could show that way. Ask me for something first.".to_owned(),
        before => or_words(turn.said, before),
    })
}

/// Phrases the results, as tables if the person's words ask for one.
pub(super) fn or_words(said: &str, done: &[(&ToolUse, &ToolResult)]) -> String {
    if !says(said, &["table"]) {
        return phrase::results(done);
    }
    let parts = done.iter().map(|pair| table(pair.0, pair.1).unwrap_or_else(|| phrase::results(&[*pair])));
    parts.collect::<Vec<_>>().join("\n\n")
}

fn table(call: &ToolUse, result: &ToolResult) -> Option<String> {
    let outcome = outcome::of(result);
    let rows: Vec<Map<String, Value>> = match &outcome {
        Outcome::Data(Value::Array(items)) => items.iter().map(|item| row(item, phrase::noun(&call.name))).collect(),
        Outcome::Data(Value::Object(members)) => {
            match members.iter().find_map(|(name, value)| Some((name, value.as_array()?))) {
                Some((name, items)) => items.iter().map(|item| row(item, name)).collect(),
                None => vec![members.clone()],
            }
        }
        _ => return None,
    };
    let columns: Vec<&String> = rows.first()?.keys().collect();
    let is_number = |column: &&String| rows.iter().all(|row| row.get(*column).is_some_and(Value::is_number));
    let rules = columns.iter().map(|column| if is_number(column) { "---:" } else { "---" });
    let head = columns.iter().map(|column| cell(&Value::String(heading(column))));
    let mut lines = vec![line(head), line(rules.map(str::to_owned))];
    lines.extend(
        rows.iter()
            .take(MOST_ROWS)
            .map(|row| line(columns.iter().map(|column| row.get(*column).map(cell).unwrap_or_default()))),
    );
    let more = rows.len().saturating_sub(MOST_ROWS);
    let rest = if more > 0 { format!("\n\nAnd {more} more.") } else { String::new() };
    Some(format!("{}{rest}", lines.join("\n")))
}

fn row(item: &Value, noun: &str) -> Map<String, Value> {
    match item {
        Value::Object(members) => members.clone(),
        other => Map::from_iter([(super::words::stem(noun), other.clone())]),
    }
}

/// Returns a member's name as a heading: `due_date` as "Due date".
fn heading(name: &str) -> String {
    let mut letters = name.chars().map(|c| if c == '_' { ' ' } else { c });
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

fn line(cells: impl Iterator<Item = String>) -> String {
    format!("| {} |", cells.collect::<Vec<_>>().join(" | "))
}

fn cell(value: &Value) -> String {
    let text: String = match value {
        Value::Null => String::new(),
        Value::Bool(yes) => if *yes { "yes" } else { "no" }.to_owned(),
        value => phrase::label(value).chars().take(WIDEST).collect(),
    };
    text.replace('|', "\\|").replace(['\n', '\r'], " ")
}
