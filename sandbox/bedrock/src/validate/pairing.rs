//! Pairing of tool calls with their results: every result answers a call of the previous turn, and the next message
//! answers every call. Must not depend on whether the called tool exists.

use std::collections::BTreeSet;

use super::identifier;
use crate::wire::{ContentBlock, Message, Request, ResultStatus, ToolResult, ToolUse};

pub(super) fn check(request: &Request) -> Result<(), String> {
    let messages = &request.messages;
    let mut ids = BTreeSet::new();
    for (at, message) in messages.iter().enumerate() {
        for (index, block) in message.content.iter().enumerate() {
            shape(block, &format!("messages.{at}.content.{index}"))?;
        }
        for call in calls(message) {
            if !ids.insert(&call.tool_use_id) {
                return Err(format!(
                    "The model returned the following errors: messages.{at}: `tool_use` ids must be unique"
                ));
            }
        }
        let before = at.checked_sub(1).and_then(|before| messages.get(before));
        answered(before.map(|message| calls(message).collect()).unwrap_or_default(), message, at)?;
    }
    let any = messages.iter().any(|message| calls(message).next().is_some() || results(message).next().is_some());
    if any && request.tool_config.is_none() {
        return Err("The toolConfig field must be defined when using toolUse and toolResult content blocks.".into());
    }
    Ok(())
}

/// Checks that `message`, the one after `calls`, begins with exactly their results.
fn answered(calls: Vec<&ToolUse>, message: &Message, at: usize) -> Result<(), String> {
    let results: Vec<&str> = results(message).map(|result| result.tool_use_id.as_str()).collect();
    let missing: Vec<&str> =
        calls.iter().map(|call| call.tool_use_id.as_str()).filter(|id| !results.contains(id)).collect();
    if !missing.is_empty() {
        return Err(format!(
            "Expected toolResult blocks at messages.{at}.content for the following Ids: {}",
            missing.join(", ")
        ));
    }
    if results.len() > calls.len() {
        return Err(format!(
            "The number of toolResult blocks at messages.{at}.content exceeds the number of toolUse blocks of previous turn."
        ));
    }
    let leading = message.content.iter().take_while(|block| matches!(block, ContentBlock::ToolResult(_))).count();
    if leading < results.len() {
        return Err(format!(
            "The model returned the following errors: messages.{at}: Did not find {} tool_result block(s) at the beginning of this message. Messages following `tool_use` blocks must begin with a matching number of `tool_result` blocks.",
            results.len()
        ));
    }
    Ok(())
}

fn shape(block: &ContentBlock, at: &str) -> Result<(), String> {
    match block {
        ContentBlock::ToolUse(call) => {
            identifier(&call.tool_use_id, &format!("{at}.toolUse.toolUseId"), "_.:-")?;
            identifier(&call.name, &format!("{at}.toolUse.name"), "_-")?;
            if !call.input.is_object() {
                return Err(format!(
                    "The format of the value at {at}.toolUse.input is invalid. Provide a json object for the field and try again."
                ));
            }
        }
        ContentBlock::ToolResult(result) => {
            identifier(&result.tool_use_id, &format!("{at}.toolResult.toolUseId"), "_.:-")?;
            let path = format!("The content field at {at}.toolResult cannot be empty");
            match (result.content.is_empty(), result.status) {
                (true, Some(ResultStatus::Error)) => return Err(format!("{path} when status value is error.")),
                (true, _) => return Err(format!("{path}.")),
                _ => {}
            }
        }
        _ => {}
    }
    Ok(())
}

fn calls(message: &Message) -> impl Iterator<Item = &ToolUse> {
    message.content.iter().filter_map(|block| match block {
        ContentBlock::ToolUse(call) => Some(call),
        _ => None,
    })
}

fn results(message: &Message) -> impl Iterator<Item = &ToolResult> {
    message.content.iter().filter_map(|block| match block {
        ContentBlock::ToolResult(result) => Some(result),
        _ => None,
    })
}
