//! Rules for reasoning that a client sends back. Must not depend on tool calls and their results, except for those
//! that follow reasoning.

use crate::models::Family;
use crate::reasoning;
use crate::wire::{ContentBlock, Message, Reasoning, Request, Role};

/// Checks the reasoning in the history as the models from Claude 4.7 on do; earlier models ignore it.
///
/// The messages about signatures, modified blocks and a missing block are Anthropic's, as Bedrock passes them on
/// (github.com/langchain-ai/langchain-aws/issues/844, github.com/0xPlaygrounds/rig/issues/1684). It is not verified
/// against the service that a block missing before a tool use is rejected even if the request doesn't enable
/// `thinking`.
pub(super) fn check(request: &Request, family: Family) -> Result<(), String> {
    if family != Family::ClaudeThinking {
        return Ok(());
    }
    let turn = request.messages.iter().rposition(said).unwrap_or_default();
    for (at, message) in request.messages.iter().enumerate().filter(|(_, message)| message.role == Role::Assistant) {
        if message.content.iter().all(is_thought) {
            // The service gives this message even if a user message follows
            // (github.com/NousResearch/hermes-agent/issues/105780).
            return Err(super::conversation::PREFILL.into());
        }
        signed(message, at)?;
        if at > turn {
            unchanged(message, at)?;
        }
    }
    Ok(())
}

/// Returns true if the message holds the person's text, which begins the turn to be answered.
fn said(message: &Message) -> bool {
    message.role == Role::User && message.content.iter().any(|block| matches!(block, ContentBlock::Text(_)))
}

fn is_thought(block: &ContentBlock) -> bool {
    matches!(block, ContentBlock::ReasoningContent(_) | ContentBlock::CachePoint(_))
}

fn signed(message: &Message, at: usize) -> Result<(), String> {
    let unsigned = message.content.iter().position(|block| {
        matches!(block, ContentBlock::ReasoningContent(Reasoning::ReasoningText(text)) if text.signature.is_none())
    });
    unsigned.map_or(Ok(()), |index| {
        Err(model_error(&format!("messages.{at}.content.{index}.thinking.signature: Field required")))
    })
}

/// Checks that the turn's reasoning is complete, unmodified and at the beginning of the message.
fn unchanged(message: &Message, at: usize) -> Result<(), String> {
    let leading: Vec<&Reasoning> = message
        .content
        .iter()
        .map_while(|block| if let ContentBlock::ReasoningContent(reasoning) = block { Some(reasoning) } else { None })
        .collect();
    if leading.is_empty() && message.content.iter().any(|block| matches!(block, ContentBlock::ToolUse(_))) {
        let first = if matches!(message.content.first(), Some(ContentBlock::Text(_))) { "text" } else { "tool_use" };
        return Err(model_error(&format!(
            "messages.{at}.content.0.type: Expected `thinking` or `redacted_thinking`, but found `{first}`. When `thinking` is enabled, a final `assistant` message must start with a thinking block (preceeding the lastmost set of `tool_use` and `tool_result` blocks)."
        )));
    }
    reasoning::first_change(&leading).map_or(Ok(()), |index| {
        Err(model_error(&format!(
            "messages.{at}.content.{index}: `thinking` or `redacted_thinking` blocks in the latest assistant message cannot be modified. These blocks must remain as they were in the original response."
        )))
    })
}

fn model_error(message: &str) -> String {
    format!("The model returned the following errors: {message}")
}
