//! Makes an old history fit for a request. A log may hold what a model, an earlier version or another provider wrote: call ids
//! that repeat, blank text, names that no tool can have. The service refuses the whole conversation for one of them, and for
//! ever, so they are mended on the way out. What is sound goes out as it is.

use agent::ports::{Block, Message, Reasoning, Role};
use agent::{CallId, ToolCall, ToolName};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// The history as the service takes it: roles alternate and a user begins; each call has an id of its own and exactly one
/// result, in front of everything else of the next message; no text is blank; names and ids have the service's form
/// (`ToolUseBlock`, `ToolResultBlock`); reasoning stands in front of something that it led to.
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

/// Messages of which no two neighbours have the same role.
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

/// Whether a block says something, and may be said by this side.
fn fits(role: Role, block: &Block) -> bool {
    match block {
        Block::Text(text) => !text.trim().is_empty(),
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
    /// The calls of the last message, under their old and their new ids.
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

    /// An id that no call before this one has.
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

/// Arguments and results are objects; anything else is put into one.
fn object(value: Value, name: &str) -> Value {
    if value.is_object() { value } else { json!({ name: value }) }
}

/// 1 to 64 ASCII letters, digits and `others`.
fn is_identifier(text: &str, others: &str) -> bool {
    (1..=64).contains(&text.len()) && text.chars().all(|c| c.is_ascii_alphanumeric() || others.contains(c))
}

#[cfg(test)]
mod tests;
