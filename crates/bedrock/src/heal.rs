//! Repairs an old history for a request. A log may contain output of a model, an earlier version or another provider
//! that the service rejects: repeated call ids, blank text, invalid tool names. One of them makes the service reject
//! the conversation permanently, so they are repaired in each request. Valid parts are sent unmodified.

use agent::ports::{Block, Message, Reasoning, Role};
use agent::{CallId, ToolCall, ToolName};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Returns the history in a form that the service accepts: roles alternate, starting with a user; each call has a
/// unique id and exactly one result, placed first in the next message; no text is blank; names and ids have the
/// service's form (`ToolUseBlock`, `ToolResultBlock`); reasoning precedes a block that it led to.
pub(crate) fn heal(messages: Vec<Message>) -> Vec<Message> {
    let mut healed = Healed::default();
    for Message { role, blocks } in merged(messages) {
        match role {
            Role::User => healed.user(blocks),
            Role::Assistant => healed.assistant(blocks),
        }
    }
    healed.finish()
}

/// Merges consecutive messages of the same role, and drops blocks that are empty or invalid for their role.
fn merged(messages: Vec<Message>) -> Vec<Message> {
    let mut merged: Vec<Message> = Vec::with_capacity(messages.len());
    for Message { role, blocks } in messages {
        let blocks: Vec<Block> = blocks.into_iter().filter(|block| fits(role, block)).collect();
        match merged.last_mut() {
            _ if blocks.is_empty() => {}
            Some(last) if last.role == role => last.blocks.extend(blocks),
            _ => merged.push(Message { role, blocks }),
        }
    }
    merged
}

/// Returns whether a block is not empty and is allowed in a message of this role.
fn fits(role: Role, block: &Block) -> bool {
    match block {
        Block::Text(text) | Block::Relayed { text, .. } => !text.trim().is_empty(),
        Block::Reasoning(Reasoning::Text { signature, .. }) => {
            role == Role::Assistant && signature.as_ref().is_some_and(|signature| !signature.is_empty())
        }
        Block::Reasoning(Reasoning::Redacted { content }) => role == Role::Assistant && !content.is_empty(),
        Block::Call(_) => role == Role::Assistant,
        Block::Result { .. } => role == Role::User,
    }
}

#[derive(Default)]
struct Healed {
    messages: Vec<Message>,
    ids: BTreeSet<String>,
    /// The calls of the last message, with their old and their new ids.
    open: Vec<(CallId, CallId)>,
}

impl Healed {
    fn user(&mut self, blocks: Vec<Block>) {
        let (mut results, others): (Vec<_>, Vec<_>) =
            blocks.into_iter().partition(|block| matches!(block, Block::Result { .. }));
        let answered = std::mem::take(&mut self.open).into_iter().map(|(old, new)| {
            let place = results.iter().position(|block| matches!(block, Block::Result { call, .. } if *call == old));
            match place.map(|place| results.remove(place)) {
                Some(Block::Result { content, .. }) => Block::Result { call: new, content: object(content, "result") },
                _ => lost(new),
            }
        });
        let blocks: Vec<Block> = answered.collect::<Vec<_>>().into_iter().chain(others).collect();
        self.push(Role::User, blocks);
    }

    fn assistant(&mut self, blocks: Vec<Block>) {
        let alone = blocks.iter().all(|block| matches!(block, Block::Reasoning(_)));
        if alone || self.messages.is_empty() {
            return;
        }
        let blocks = blocks.into_iter().map(|block| match block {
            Block::Call(call) => Block::Call(self.call(call)),
            other => other,
        });
        let blocks = blocks.collect();
        self.push(Role::Assistant, blocks);
    }

    fn call(&mut self, ToolCall { id, tool, input }: ToolCall) -> ToolCall {
        let sound = is_identifier(&id.0, "_.:-") && !self.ids.contains(&id.0);
        let own = if sound { id.0.clone() } else { self.fresh() };
        self.ids.insert(own.clone());
        self.open.push((id, CallId(own.clone())));
        ToolCall { id: CallId(own), tool: named(tool), input: object(input, "value") }
    }

    /// Returns an id that no earlier call uses.
    fn fresh(&self) -> String {
        let mut number = self.ids.len();
        loop {
            number += 1;
            let id = format!("healed-{number}");
            if !self.ids.contains(&id) {
                return id;
            }
        }
    }

    fn push(&mut self, role: Role, blocks: Vec<Block>) {
        match self.messages.last_mut() {
            _ if blocks.is_empty() => {}
            Some(last) if last.role == role => last.blocks.extend(blocks),
            _ => self.messages.push(Message { role, blocks }),
        }
    }

    fn finish(mut self) -> Vec<Message> {
        let lost = std::mem::take(&mut self.open).into_iter().map(|(_, new)| lost(new)).collect();
        self.push(Role::User, lost);
        self.messages
    }
}

fn lost(call: CallId) -> Block {
    Block::Result { call, content: json!({ "unknown": "The result of this call was lost. Do not repeat the call." }) }
}

fn named(ToolName(name): ToolName) -> ToolName {
    if is_identifier(&name, "_-") {
        return ToolName(name);
    }
    let fits = |c: char| if c.is_ascii_alphanumeric() || c == '_' || c == '-' { c } else { '_' };
    let name: String = name.chars().take(64).map(fits).collect();
    ToolName(if name.is_empty() { "unnamed".to_owned() } else { name })
}

/// Wraps a value that is not an object in one, because arguments and results must be objects.
fn object(value: Value, name: &str) -> Value {
    if value.is_object() { value } else { json!({ name: value }) }
}

/// Returns whether a text is 1 to 64 ASCII letters, digits and `others`.
fn is_identifier(text: &str, others: &str) -> bool {
    (1..=64).contains(&text.len()) && text.chars().all(|c| c.is_ascii_alphanumeric() || others.contains(c))
}

#[cfg(test)]
mod tests;
