//! The scripted model: a pure function from a conversation and the offered tools to a plan. Must not depend on a
//! product: it uses only the person's words and the tools' names, descriptions and schemas.
//!
//! Only the person's own words trigger a tool call. Tool results are data to report, whatever they say.

mod arguments;
mod outcome;
mod phrase;
mod rules;
mod smalltalk;
mod words;

use serde_json::Value;

use crate::plan::{Block, Plan};
use crate::wire::{Choice, ContentBlock, Message, Request, Role, SystemBlock, ToolResult, ToolSpec, ToolUse};

/// The model's input.
#[derive(Debug, Clone)]
pub struct Conversation<'a> {
    /// The system prompts.
    pub system: Vec<&'a str>,
    /// The messages, oldest first.
    pub messages: &'a [Message],
    /// The offered tools.
    pub tools: Vec<&'a ToolSpec>,
    /// The request's `toolChoice`; absent means `auto`.
    pub choice: Option<&'a Choice>,
}

impl<'a> Conversation<'a> {
    /// Extracts the part of a request that the model sees.
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

/// Returns the model's answer.
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

/// Returns the calls, two times out of three with a short sentence before them.
fn preface(want: &rules::Want<'_>, turn: &Turn<'_>, mut calls: Vec<Block>) -> Vec<Block> {
    if turn.done.is_empty() && !turn.said.chars().count().is_multiple_of(3) {
        calls.insert(0, Block::Text(want.preface.into()));
    }
    calls
}

/// Returns the call that `toolChoice` demands.
fn forced(conversation: &Conversation<'_>) -> Option<Plan> {
    let name = match conversation.choice? {
        Choice::Auto(_) => return None,
        Choice::Any(_) => &conversation.tools.first()?.name,
        Choice::Tool(named) => &named.name,
    };
    Some(Plan::of(vec![Block::call(name, Value::Object(serde_json::Map::new()))]))
}

/// The person's last message, and the tool calls made for it.
#[derive(Debug)]
struct Turn<'a> {
    said: &'a str,
    /// The person's earlier messages, oldest first.
    earlier: Vec<&'a str>,
    /// The calls since then, with their results.
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
