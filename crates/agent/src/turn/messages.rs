//! The conversation as a model is told it: what is appended, what a finished turn leaves out, and what is left out when the
//! model's context window is too small.

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

/// The part of a conversation that is sent again after the model found it too long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Keep {
    /// The later half of the turns.
    Half,
    /// The current turn alone.
    Current,
}

/// The messages without the oldest turns; `None` if the current turn is all there is.
pub(super) fn shorten(messages: &[Message], keep: Keep) -> Option<Vec<Message>> {
    let begins = |message: &Message| {
        message.role == Role::User && message.blocks.iter().any(|block| matches!(block, Block::Text(_)))
    };
    let starts: Vec<usize> = messages.iter().enumerate().filter(|(_, it)| begins(it)).map(|(at, _)| at).collect();
    let kept = match keep {
        Keep::Half => (starts.len() / 2).max(1),
        Keep::Current => 1,
    };
    let first = *starts.get(starts.len().checked_sub(kept)?)?;
    let (head, tail) = messages.get(first..)?.split_first()?;
    if first == 0 {
        return None;
    }
    // Results in the first message belong to calls that are left out.
    let blocks = head.blocks.iter().filter(|block| matches!(block, Block::Text(_))).cloned().collect();
    Some(std::iter::once(Message { role: Role::User, blocks }).chain(tail.iter().cloned()).collect())
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

    #[test]
    fn the_oldest_turns_are_left_out_first_and_the_current_one_never() {
        let turn = |n: &str| [(U, text(n)), (A, call(n)), (U, result(n)), (A, text("done"))];
        let told = conversation(["1", "2", "3", "4", "5"].into_iter().flat_map(turn).chain([(U, text("6"))]).collect());
        let from = |n: &str| {
            conversation(match n {
                "4" => ["4", "5"].into_iter().flat_map(turn).chain([(U, text("6"))]).collect(),
                _ => vec![(U, text("6"))],
            })
        };
        assert_eq!(shorten(&told, Keep::Half), Some(from("4")));
        assert_eq!(shorten(&told, Keep::Current), Some(from("6")));
        assert_eq!(shorten(&from("6"), Keep::Half), None);
        assert_eq!(shorten(&[], Keep::Half), None);
    }

    #[test]
    fn a_result_never_stays_without_its_call() {
        let told = conversation(vec![(U, text("1")), (A, call("a")), (U, result("a")), (U, text("2"))]);
        assert_eq!(shorten(&told, Keep::Current), Some(conversation(vec![(U, text("2"))])));
    }
}
