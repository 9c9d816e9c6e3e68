//! The origin of a call's arguments: the person's own words, a tool's result, or the model. The question to the person
//! names every argument, of any type, that they did not write themselves: an address taken from a ticket may be an
//! attacker's.

use crate::ports::{Block, Message, Role};
use crate::{ToolCall, ToolName};
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;
use text::{Decimal, Words};

/// Most arguments that are traced. A question about this many would not fit on a phone and is not asked.
const MOST_ARGUMENTS: usize = 128;

/// Names each argument of `call` that the person did not write, with its origin; `None` if they wrote all of them.
/// Member names are arguments too, unless the tool's `schema` declares a property of that name.
/// `chooser` is the party that proposed the call.
pub(super) fn unsaid(call: &ToolCall, schema: &Value, messages: &[Arc<Message>], chooser: &str) -> Option<String> {
    if count(&call.input) > MOST_ARGUMENTS {
        return Some(format!("more than {MOST_ARGUMENTS} arguments"));
    }
    let conversation = Conversation::of(messages, chooser);
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

/// The tools whose results the model has seen, one item per result.
pub(super) fn answered(messages: &[Arc<Message>]) -> impl Iterator<Item = &ToolName> {
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

/// An argument, and its origin if the person did not write it.
struct Leaf {
    path: String,
    origin: Option<String>,
}

/// Counts the leaves and member names of a value.
fn count(value: &Value) -> usize {
    match value {
        Value::Array(items) => items.iter().map(count).sum::<usize>().max(1),
        Value::Object(members) => members.values().map(|item| 1 + count(item)).sum::<usize>().max(1),
        _ => 1,
    }
}

/// The person's words, and all others: the results of tools, and the messages of agents.
struct Conversation<'a> {
    said: Written,
    others: Vec<(Origin<'a>, Written)>,
    chooser: &'a str,
}

/// The origin of words that are not the person's.
#[derive(Clone, Copy)]
enum Origin<'a> {
    Tool(&'a ToolName),
    Sender(&'a str),
    /// A call that the conversation no longer holds.
    Lost,
}

/// Words and numbers in searchable form.
#[derive(Default)]
struct Written {
    words: Vec<Words>,
    numbers: Vec<Decimal>,
}

impl Written {
    fn text(&mut self, text: &str) {
        self.words.push(Words::of(text));
        self.numbers.extend(Decimal::written_in(text));
    }

    /// Collects all texts, member names and numbers of a result. Skips *true*, *false* and *null*, which occur in every
    /// result.
    fn value(&mut self, value: &Value) {
        match value {
            Value::String(text) => self.text(text),
            Value::Number(_) => self.numbers.extend(number(value)),
            Value::Array(items) => items.iter().for_each(|item| self.value(item)),
            Value::Object(members) => members.iter().for_each(|(name, item)| {
                self.text(name);
                self.value(item);
            }),
            Value::Null | Value::Bool(_) => {}
        }
    }

    /// Returns whether the leaf was written here. An empty text or list never was.
    fn hold(&self, leaf: &Value) -> bool {
        let words = match leaf {
            Value::String(text) => Some(Words::of(text)),
            Value::Bool(_) | Value::Null => Some(Words::of(&leaf.to_string())),
            _ => None,
        };
        let said = words.is_some_and(|wanted| self.words.iter().any(|words| words.contain(&wanted)));
        said || number(leaf).is_some_and(|number| self.numbers.contains(&number))
    }
}

impl<'a> Conversation<'a> {
    fn of(messages: &'a [Arc<Message>], chooser: &'a str) -> Self {
        let (mut said, mut others) = (Written::default(), Vec::new());
        let blocks =
            || messages.iter().flat_map(|message| message.blocks.iter().map(move |block| (message.role, block)));
        for (role, block) in blocks() {
            match block {
                Block::Text(text) if role == Role::User => said.text(text),
                Block::Relayed { text, by } => {
                    let mut relayed = Written::default();
                    relayed.text(text);
                    others.push((Origin::Sender(by), relayed));
                }
                Block::Result { call, content } => {
                    let mut answered = Written::default();
                    answered.value(content);
                    let tool = tool_of(call, blocks().map(|(_, block)| block));
                    others.push((tool.map_or(Origin::Lost, Origin::Tool), answered));
                }
                _ => {}
            }
        }
        Self { said, others, chooser }
    }

    /// Returns each leaf of `value`. A list whose leaves all have the same foreign origin counts as one leaf.
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
                // A map may keep the order of its text, which the model chose.
                let members: BTreeMap<&String, &Value> = members.iter().collect();
                let each = members.into_iter().flat_map(|(name, item)| {
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
            // A call without arguments.
            Value::Object(_) if path.is_empty() => Vec::new(),
            leaf => vec![Leaf { path: path.to_owned(), origin: self.origin(leaf) }],
        }
    }

    /// The origin of a leaf that the person did not write: the newest text of others that contains it, or else the party that
    /// proposed the call.
    fn origin(&self, leaf: &Value) -> Option<String> {
        if self.said.hold(leaf) {
            return None;
        }
        let told = !matches!(leaf, Value::Bool(_) | Value::Null);
        let holder = self.others.iter().rev().find(|(_, written)| told && written.hold(leaf));
        Some(match holder.map(|(origin, _)| *origin) {
            Some(Origin::Tool(tool)) => format!("from the result of {tool}"),
            Some(Origin::Sender(sender)) => format!("from the message of {sender}"),
            Some(Origin::Lost) | None => format!("chosen by {}", self.chooser),
        })
    }
}

/// The value of a leaf that is a JSON number or a text in the form of one.
fn number(leaf: &Value) -> Option<Decimal> {
    match leaf {
        Value::Number(number) => Decimal::parse(&number.to_string()),
        Value::String(text) => Decimal::parse(text.trim()),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
