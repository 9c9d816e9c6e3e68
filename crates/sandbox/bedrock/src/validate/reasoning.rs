//! A model's reasoning that is sent back. It must never know calls and their results, but for what stands behind reasoning.

use crate::models::Family;
use crate::reasoning;
use crate::wire::{ContentBlock, Message, Reasoning, Request, Role};

/// Judges the reasoning in the history, as the models from Claude 4.7 on do; earlier ones disregard it.
///
/// The words about signatures, modified blocks and a missing block are Anthropic's, as Bedrock passes them on
/// (github.com/langchain-ai/langchain-aws/issues/844, github.com/0xPlaygrounds/rig/issues/1684). That a block which is missing in
/// front of a tool use is refused without `thinking` being asked for is not verified against the service.
pub(super) fn check(request: &Request, family: Family) -> Result<(), String> {
    if family != Family::ClaudeThinking {
        return Ok(());
    }
    let turn = request.messages.iter().rposition(said).unwrap_or_default();
    for (at, message) in request.messages.iter().enumerate().filter(|(_, message)| message.role == Role::Assistant) {
        if message.content.iter().all(is_thought) {
            // In these words even where a user message follows (github.com/NousResearch/hermes-agent/issues/105780).
            return Err(super::conversation::PREFILL.into());
        }
        signed(message, at)?;
        if at > turn {
            unchanged(message, at)?;
        }
    }
    Ok(())
}

/// Whether the person speaks in a message: there the turn begins that is being answered.
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

/// Whether the turn's reasoning is complete, as it was issued, and in front.
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
