//! The origin of a call's arguments: the person's own words, a tool's result, or the model alone. Whatever a person did not
//! write themselves is named when they are asked, of whatever type it is: an address out of a ticket may be an attacker's.

use crate::ports::{Block, Message, Role};
use crate::{ToolCall, ToolName};
use serde_json::Value;
use text::{Decimal, contains_words};

/// Names each argument of `call` that the person did not write, and its origin; `None` when all are theirs. Members that the
/// tool's `schema` has a property for are not arguments themselves, other member names are.
pub(super) fn unsaid(call: &ToolCall, schema: &Value, messages: &[Message]) -> Option<String> {
    let conversation = Conversation::of(messages);
    let mut named: Vec<(String, Vec<String>)> = Vec::new();
    for Leaf { path, origin } in conversation.leaves("", &call.input, schema) {
        let Some(origin) = origin else { continue };
        match named.iter_mut().find(|(known, _)| *known == origin) {
            Some((_, paths)) => paths.push(path),
            None => named.push((origin, vec![path])),
        }
    }
    let named: Vec<_> = named.into_iter().map(|(origin, paths)| format!("{}: {origin}", paths.join(", "))).collect();
    (!named.is_empty()).then(|| named.join("; "))
}

/// The tools of which the model has seen results, each with every call once.
pub(super) fn answered(messages: &[Message]) -> impl Iterator<Item = &ToolName> {
    let blocks = || messages.iter().flat_map(|message| &message.blocks);
    blocks().filter_map(move |block| match block {
        Block::Result { call, .. } => tool_of(call, blocks()),
        _ => None,
    })
}

fn tool_of<'a>(id: &crate::CallId, mut blocks: impl Iterator<Item = &'a Block>) -> Option<&'a ToolName> {
    blocks.find_map(|block| match block {
        Block::Call(call) if call.id == *id => Some(&call.tool),
        _ => None,
    })
}

/// An argument, and its origin if it is not the person.
struct Leaf {
    path: String,
    origin: Option<String>,
}

/// What was said by whom.
struct Conversation<'a> {
    messages: &'a [Message],
    said: Vec<&'a str>,
    numbers: Vec<Decimal>,
}

impl<'a> Conversation<'a> {
    fn of(messages: &'a [Message]) -> Self {
        let own = messages.iter().filter(|message| message.role == Role::User).flat_map(|message| &message.blocks);
        let said: Vec<&str> = own
            .filter_map(|block| match block {
                Block::Text(text) => Some(text.as_str()),
                _ => None,
            })
            .collect();
        let numbers = said.iter().flat_map(|text| Decimal::written_in(text)).collect();
        Self { messages, said, numbers }
    }

    /// Each leaf of `value`. A list whose leaves are all of one foreign origin is one leaf.
    fn leaves(&self, path: &str, value: &Value, schema: &Value) -> Vec<Leaf> {
        match value {
            Value::Array(items) if !items.is_empty() => {
                let each = items.iter().enumerate();
                let leaves: Vec<_> = each
                    .flat_map(|(place, item)| self.leaves(&format!("{path}[{}]", place + 1), item, &schema["items"]))
                    .collect();
                let first = leaves.first().and_then(|leaf| leaf.origin.clone());
                if first.is_some() && leaves.iter().all(|leaf| leaf.origin == first) {
                    return vec![Leaf { path: path.to_owned(), origin: first }];
                }
                leaves
            }
            Value::Object(members) if !members.is_empty() => {
                let each = members.iter().flat_map(|(name, item)| {
                    let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                    let described = schema["properties"].get(name);
                    let own = described.is_none().then(|| Leaf {
                        path: format!("name of {path}"),
                        origin: self.origin(&Value::from(name.as_str())),
                    });
                    let below = self.leaves(&path, item, described.unwrap_or(&Value::Null));
                    own.into_iter().chain(below)
                });
                each.collect()
            }
            // Called without arguments.
            Value::Object(_) if path.is_empty() => Vec::new(),
            leaf => vec![Leaf { path: path.to_owned(), origin: self.origin(leaf) }],
        }
    }

    /// The origin of a leaf that the person did not write.
    fn origin(&self, leaf: &Value) -> Option<String> {
        let number = number(leaf);
        let said = |text: &str| self.said.iter().any(|said| contains_words(said, text));
        let own = match leaf {
            Value::String(text) => said(text),
            Value::Bool(_) | Value::Null => said(&leaf.to_string()),
            _ => false,
        };
        if own || number.as_ref().is_some_and(|number| self.numbers.contains(number)) {
            return None;
        }
        let tool = self.source(leaf, number.as_ref());
        Some(tool.map_or_else(|| "chosen by the assistant".to_owned(), |tool| format!("from the result of {tool}")))
    }

    /// The tool with the newest result that holds the leaf.
    fn source(&self, leaf: &Value, number: Option<&Decimal>) -> Option<&ToolName> {
        let blocks = || self.messages.iter().rev().flat_map(|message| &message.blocks);
        let from = blocks().find_map(|block| match block {
            Block::Result { call, content } if holds(content, leaf, number) => Some(call),
            _ => None,
        })?;
        tool_of(from, blocks())
    }
}

/// The number that a leaf is, as JSON has it or as text.
fn number(leaf: &Value) -> Option<Decimal> {
    match leaf {
        Value::Number(number) => Decimal::parse(&number.to_string()),
        Value::String(text) => Decimal::parse(text.trim()),
        _ => None,
    }
}

/// Returns whether a result holds the words or the number of a leaf. Everything holds *true* and nothing.
fn holds(content: &Value, leaf: &Value, wanted: Option<&Decimal>) -> bool {
    let words = |text: &str| {
        let same = leaf.as_str().is_some_and(|leaf| contains_words(text, leaf));
        same || wanted.is_some_and(|wanted| Decimal::written_in(text).contains(wanted))
    };
    match content {
        Value::String(text) => words(text),
        Value::Number(_) => wanted.is_some() && number(content).as_ref() == wanted,
        Value::Array(items) => items.iter().any(|item| holds(item, leaf, wanted)),
        Value::Object(members) => members.iter().any(|(name, item)| words(name) || holds(item, leaf, wanted)),
        Value::Null | Value::Bool(_) => false,
    }
}

#[cfg(test)]
mod tests;
