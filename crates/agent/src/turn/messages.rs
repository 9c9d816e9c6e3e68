//! The conversation as models write it: what is appended, and what a finished turn leaves out.

use crate::ports::{Block, Message, Role};

/// Appends a block, to the last message if the same side speaks on.
pub(super) fn push(messages: &mut Vec<Message>, role: Role, block: Block) {
    match messages.last_mut() {
        Some(last) if last.role == role => last.blocks.push(block),
        _ => messages.push(Message { role, blocks: vec![block] }),
    }
}

/// Removes the reasoning from the messages from `first` on, and with it messages that hold nothing else.
///
/// A model needs its reasoning back until it has answered; of earlier turns it may be left out (platform.claude.com,
/// "Extended thinking"), and a message of reasoning alone is refused as a prefill by some models.
pub(super) fn forget_reasoning(messages: &mut Vec<Message>, first: usize) {
    let turn = messages.split_off(first.min(messages.len()));
    for Message { role, blocks } in turn {
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

    fn conversation(pieces: Vec<(Role, Block)>) -> Vec<Message> {
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
