//! A model that follows injected instructions: it behaves until certain words reach it from outside, and then gives
//! the answers that an attacker recorded. The person's own words and the model's must never trigger it.

use std::collections::VecDeque;

use serde_json::Value;

use crate::plan::Block;
use crate::script::Conversation;
use crate::wire::{ContentBlock, ResultContent, ToolSpec};

/// The trigger words, and the answers that the model gives after reading them, one per request.
#[derive(Debug, Clone)]
pub(crate) struct Obedience {
    pub(crate) words: String,
    pub(crate) answers: VecDeque<Vec<Block>>,
}

impl Obedience {
    /// Returns the next recorded answer if `conversation` contains the trigger words.
    pub(crate) fn answer(&mut self, conversation: &Conversation<'_>) -> Option<Vec<Block>> {
        if is_told(conversation, &self.words) { self.answers.pop_front() } else { None }
    }
}

/// Returns true if the system prompt, a tool's definition or a tool's result contains the words.
fn is_told(conversation: &Conversation<'_>, words: &str) -> bool {
    let results = conversation.messages.iter().flat_map(|message| &message.content).filter_map(|block| match block {
        ContentBlock::ToolResult(result) => Some(&result.content),
        _ => None,
    });
    conversation.system.iter().any(|text| text.contains(words))
        || conversation.tools.iter().any(|tool| defines(tool, words))
        || results.flatten().any(|part| match part {
            ResultContent::Json(value) => holds(value, words),
            ResultContent::Text(text) => text.contains(words),
            _ => false,
        })
}

fn defines(tool: &ToolSpec, words: &str) -> bool {
    let described = tool.description.as_ref().is_some_and(|text| text.contains(words));
    described || tool.name.contains(words) || holds(&tool.input_schema.json, words)
}

/// Returns true if a string or a member name in the value contains the words, compared after JSON unescaping.
fn holds(value: &Value, words: &str) -> bool {
    match value {
        Value::String(text) => text.contains(words),
        Value::Array(items) => items.iter().any(|item| holds(item, words)),
        Value::Object(members) => members.iter().any(|(name, item)| name.contains(words) || holds(item, words)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}
