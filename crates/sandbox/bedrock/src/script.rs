//! The scripted model: a pure function from a conversation and the tools on offer to a plan. It must never know a product:
//! it goes by the words of the person and by the names, descriptions and schemas of the tools.
//!
//! Only the person's own words set off a call. What tools return is data to be told, whatever it says.

mod arguments;
mod outcome;
mod phrase;
mod rules;
mod smalltalk;
mod words;

use serde_json::Value;

use crate::plan::{Block, Plan};
use crate::wire::{Choice, ContentBlock, Message, Request, Role, SystemBlock, ToolResult, ToolSpec, ToolUse};

/// What the model is given.
#[derive(Debug, Clone)]
pub struct Conversation<'a> {
    /// The system prompts.
    pub system: Vec<&'a str>,
    /// The messages, oldest first.
    pub messages: &'a [Message],
    /// The tools on offer.
    pub tools: Vec<&'a ToolSpec>,
    /// Whether one of them must be used.
    pub choice: Option<&'a Choice>,
}

impl<'a> Conversation<'a> {
    /// The part of a request that the model sees.
    #[must_use]
    pub fn of(request: &'a Request) -> Self {
        let system = request.system.iter().filter_map(|block| match block {
            SystemBlock::Text(text) => Some(text.as_str()),
            SystemBlock::GuardContent(_) | SystemBlock::CachePoint(_) => None,
        });
        let config = request.tool_config.as_ref();
        Self {
            system: system.collect(),
            messages: &request.messages,
            tools: config.map(|config| config.specs().collect()).unwrap_or_default(),
            choice: config.and_then(|config| config.tool_choice.as_ref()),
        }
    }
}

/// What the model answers.
#[must_use]
pub fn plan(conversation: &Conversation<'_>) -> Plan {
    let turn = Turn::of(conversation.messages);
    let plan = next(conversation, &turn);
    if plan.blocks.iter().any(|block| matches!(block, Block::ToolUse { .. })) {
        return plan;
    }
    forced(conversation).unwrap_or(plan)
}

fn next(conversation: &Conversation<'_>, turn: &Turn<'_>) -> Plan {
    let wanted = rules::wanted(turn.said, &conversation.tools);
    let failed = turn.done.iter().any(|(_, result)| outcome::of(result).is_refusal());
    let undone = wanted.iter().find(|want| !failed && turn.done.iter().all(|(call, _)| call.name != want.tool.name));
    match undone {
        Some(want) => arguments::calls(want, turn, &conversation.system)
            .map_or_else(Plan::say, |calls| Plan::of(preface(want, turn, calls))),
        None if !turn.done.is_empty() => Plan::say(phrase::results(&turn.done)),
        None => Plan::say(smalltalk::answer(turn.said, &conversation.tools, &conversation.system)),
    }
}

/// The calls, two times out of three with a short sentence before them.
fn preface(want: &rules::Want<'_>, turn: &Turn<'_>, mut calls: Vec<Block>) -> Vec<Block> {
    if turn.done.is_empty() && !turn.said.chars().count().is_multiple_of(3) {
        calls.insert(0, Block::Text(want.preface.into()));
    }
    calls
}

/// The call that `toolChoice` demands.
fn forced(conversation: &Conversation<'_>) -> Option<Plan> {
    let name = match conversation.choice? {
        Choice::Auto(_) => return None,
        Choice::Any(_) => &conversation.tools.first()?.name,
        Choice::Tool(named) => &named.name,
    };
    Some(Plan::of(vec![Block::call(name, Value::Object(serde_json::Map::new()))]))
}

/// The person's last words, and what was done about them.
#[derive(Debug)]
struct Turn<'a> {
    said: &'a str,
    /// What the person said before, oldest first.
    earlier: Vec<&'a str>,
    /// The calls since, with their results.
    done: Vec<(&'a ToolUse, &'a ToolResult)>,
}

impl<'a> Turn<'a> {
    fn of(messages: &'a [Message]) -> Self {
        let mut turn = Self { said: "", earlier: Vec::new(), done: Vec::new() };
        let mut proposed: Vec<&ToolUse> = Vec::new();
        for message in messages {
            for block in &message.content {
                match block {
                    ContentBlock::ToolUse(call) => proposed.push(call),
                    ContentBlock::ToolResult(result) => {
                        let call = proposed.iter().find(|call| call.tool_use_id == result.tool_use_id);
                        turn.done.extend(call.map(|call| (*call, result)));
                    }
                    ContentBlock::Text(text) if message.role == Role::User => {
                        turn.earlier.push(std::mem::replace(&mut turn.said, text));
                        turn.done.clear();
                    }
                    _ => {}
                }
            }
        }
        turn
    }
}

#[cfg(test)]
mod tests;
