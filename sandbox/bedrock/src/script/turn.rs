//! The person's last message in its conversation.

use super::addresses::addresses;
use super::dates::Date;
use super::outcome;
use crate::wire::{ContentBlock, Message, Role, ToolResult, ToolUse};

/// The person's last message, and what came before and after it.
#[derive(Debug)]
pub(super) struct Turn<'a> {
    pub(super) said: &'a str,
    /// The person's earlier messages, oldest first.
    pub(super) earlier: Vec<&'a str>,
    /// The model's last text before the message.
    pub(super) answered: &'a str,
    /// The calls since the message, with their results.
    pub(super) done: Vec<(&'a ToolUse, &'a ToolResult)>,
    /// The calls of the last earlier message that had any.
    pub(super) before: Vec<(&'a ToolUse, &'a ToolResult)>,
    /// The addresses that the person wrote before the message, and those of calls that succeeded, oldest first.
    pub(super) mentioned: Vec<String>,
    /// The signed-in person's own address, if the system prompt names it.
    pub(super) me: Option<String>,
    /// The date of today, if the system prompt names it.
    pub(super) today: Option<Date>,
}

impl<'a> Turn<'a> {
    pub(super) fn of(messages: &'a [Message], system: &[&str]) -> Self {
        let me = system.iter().find_map(|text| addresses(text).into_iter().next()).map(|(_, address)| address);
        let mut turn = Self {
            said: "",
            earlier: Vec::new(),
            answered: "",
            done: Vec::new(),
            before: Vec::new(),
            mentioned: Vec::new(),
            me,
            today: Date::of_prompt(system),
        };
        let (mut proposed, mut answer): (Vec<&ToolUse>, &str) = (Vec::new(), "");
        for message in messages {
            for block in &message.content {
                match block {
                    ContentBlock::ToolUse(call) => proposed.push(call),
                    ContentBlock::ToolResult(result) => {
                        let call = proposed.iter().find(|call| call.tool_use_id == result.tool_use_id);
                        call.into_iter().for_each(|call| turn.returned(call, result));
                    }
                    ContentBlock::Text(text) if message.role == Role::User => turn.begin(text, answer),
                    ContentBlock::Text(text) => answer = text,
                    _ => {}
                }
            }
        }
        turn
    }

    fn returned(&mut self, call: &'a ToolUse, result: &'a ToolResult) {
        if !outcome::of(result).is_refusal() {
            self.mentioned.extend(super::phrase::person(call).map(str::to_owned));
        }
        self.done.push((call, result));
    }

    fn begin(&mut self, text: &'a str, answered: &'a str) {
        self.mentioned.extend(addresses(self.said).into_iter().map(|(_, address)| address));
        self.earlier.push(std::mem::replace(&mut self.said, text));
        self.answered = answered;
        let done = std::mem::take(&mut self.done);
        if !done.is_empty() {
            self.before = done;
        }
    }

    /// Returns true if one of `words` occurs in the message, as a stem.
    pub(super) fn says(&self, words: &[&str]) -> bool {
        says(self.said, words)
    }
}

/// Returns true if one of `words` occurs in `text`, as a stem.
pub(super) fn says(text: &str, words: &[&str]) -> bool {
    super::words::stems(text).iter().any(|(_, stem)| words.contains(&stem.as_str()))
}
