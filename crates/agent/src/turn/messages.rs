//! The conversation in the form that models use: appending blocks, and dropping reasoning when a turn ends.

use crate::ports::{Block, Message, Role};
use std::sync::Arc;

/// Appends a block, to the last message if it has the same role.
pub(super) fn push(messages: &mut Vec<Arc<Message>>, role: Role, block: Block) {
    match messages.last_mut() {
        Some(last) if last.role == role => Arc::make_mut(last).blocks.push(block),
        _ => messages.push(Arc::new(Message { role, blocks: vec![block] })),
    }
}

/// Removes the reasoning from the messages from index `first` on, and messages that contain nothing else.
///
/// A model needs its own reasoning back until it has answered; the reasoning of earlier turns may be omitted
/// (platform.claude.com, "Extended thinking"). Some models refuse a prefill message that contains only reasoning.
pub(super) fn forget_reasoning(messages: &mut Vec<Arc<Message>>, first: usize) {
    let turn = messages.split_off(first.min(messages.len()));
    for message in turn {
        let Message { role, blocks } = Arc::unwrap_or_clone(message);
        for block in blocks.into_iter().filter(|block| !matches!(block, Block::Reasoning(_))) {
            push(messages, role, block);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ports::Reasoning;
    use crate::{CallId, ToolCall, ToolName};
    use serde_json::json;

    fn text(words: &str) -> Block {
        Block::Text(words.into())
    }

    fn thought() -> Block {
        Block::Reasoning(Reasoning::Redacted { content: "eA==".into() })
    }

    fn call(id: &str) -> Block {
        Block::Call(ToolCall { id: CallId(id.into()), tool: ToolName("deed".into()), input: json!({}) })
    }

    fn result(id: &str) -> Block {
        Block::Result { call: CallId(id.into()), content: json!({}) }
    }

    fn conversation(pieces: Vec<(Role, Block)>) -> Vec<Arc<Message>> {
        let mut messages = Vec::new();
        for (role, block) in pieces {
            push(&mut messages, role, block);
        }
        messages
    }

    use Role::{Assistant as A, User as U};

    #[test]
    fn a_finished_turn_keeps_its_words_and_calls() {
        let mut told = conversation(vec![
            (U, text("one")),
            (A, thought()),
            (A, text("1")),
            (U, text("two")),
            (A, thought()),
            (A, call("a")),
            (U, result("a")),
            (A, thought()),
            (U, text("three")),
        ]);
        forget_reasoning(&mut told, 2);
        let expected = conversation(vec![
            (U, text("one")),
            (A, thought()),
            (A, text("1")),
            (U, text("two")),
            (A, call("a")),
            (U, result("a")),
            (U, text("three")),
        ]);
        assert_eq!(told, expected);
    }
}
