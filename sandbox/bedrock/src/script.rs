//! The scripted model: a pure function from a conversation and the offered tools to a plan. Must not depend on a
//! product: it uses only the person's words and the tools' names, descriptions and schemas.
//!
//! Only the person's own words trigger a tool call. Tool results are data to report, whatever they say.

mod abilities;
mod addresses;
mod arguments;
mod calculation;
mod clauses;
mod code;
mod dates;
mod follow_up;
mod names;
mod outcome;
mod people;
mod phrase;
mod rules;
mod smalltalk;
mod steps;
mod sums;
mod table;
mod tongues;
mod turn;
mod units;
mod wants;
mod words;

use serde_json::Value;
use turn::Turn;
use wants::Want;

use crate::plan::{Block, Plan};
use crate::wire::{Choice, Message, Request, SystemBlock, ToolSpec};

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
    let messages = tongues::english(conversation.messages);
    let Conversation { system, tools, choice, .. } = conversation;
    let conversation =
        &Conversation { system: system.clone(), messages: &messages, tools: tools.clone(), choice: *choice };
    let turn = Turn::of(conversation.messages, &conversation.system);
    let plan = next(conversation, &turn);
    if plan.blocks.iter().any(|block| matches!(block, Block::ToolUse { .. })) {
        return plan;
    }
    forced(conversation).unwrap_or(plan)
}

fn next(conversation: &Conversation<'_>, turn: &Turn<'_>) -> Plan {
    let tools = &conversation.tools;
    if let Some(answer) = code::answer(turn.said) {
        return Plan::say(answer);
    }
    let mut wants = wants::wanted(turn.said, tools, turn.today);
    if wants.is_empty() {
        wants = follow_up::wants(turn, tools);
    }
    let failed = turn.done.iter().any(|(_, result)| outcome::of(result).is_refusal());
    let (undone, remark) = match wants.iter().enumerate().find(|(at, _)| !failed && !is_done(*at, &wants, turn)) {
        Some((_, want)) => match steps::obstacle(want, turn) {
            None => (Some(want), None),
            Some(remark) => (None, Some(remark)),
        },
        None => (None, None),
    };
    match undone {
        Some(want) => arguments::calls(want, turn)
            .map_or_else(|question| told(turn, Some(question)), |calls| Plan::of(preface(want, turn, calls))),
        None if remark.is_some() || !turn.done.is_empty() => told(turn, remark),
        None => {
            Plan::say(table::again(turn).unwrap_or_else(|| smalltalk::answer(turn.said, tools, &conversation.system)))
        }
    }
}

/// Returns true if the request at this place has been carried out: its tool was called as often as the requests up to
/// it name the tool.
fn is_done(at: usize, wants: &[Want<'_>], turn: &Turn<'_>) -> bool {
    let same = |name: &String| *name == wants[at].tool.name;
    let calls = turn.done.iter().filter(|(call, _)| same(&call.name)).count();
    calls >= wants[..=at].iter().filter(|want| same(&want.tool.name)).count()
}

/// Reports the results, and then says `remark`.
fn told(turn: &Turn<'_>, remark: Option<String>) -> Plan {
    let results = (!turn.done.is_empty()).then(|| table::or_words(turn.said, &turn.done));
    Plan::say(results.into_iter().chain(remark).collect::<Vec<_>>().join("\n\n"))
}

/// Returns the calls, two times out of three with a short sentence before them.
fn preface(want: &Want<'_>, turn: &Turn<'_>, mut calls: Vec<Block>) -> Vec<Block> {
    if turn.done.is_empty() && !turn.said.chars().count().is_multiple_of(3) {
        calls.insert(0, Block::Text(want.kind.preface().into()));
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

#[cfg(test)]
mod tests;
