//! Rules for the order of roles and for empty content. Must not depend on tool calls and their results.

use crate::wire::{ContentBlock, Request, Role, SystemBlock};

/// Error for a conversation that ends with an assistant message, which no model of this sandbox completes.
pub(super) const PREFILL: &str =
    "This model does not support assistant message prefill. The conversation must end with a user message.";

pub(super) fn check(request: &Request) -> Result<(), String> {
    for (at, block) in request.system.iter().enumerate() {
        if matches!(block, SystemBlock::Text(text) if text.trim().is_empty()) {
            return Err(blank("SystemContentBlock", &format!("system.{at}")));
        }
    }
    let Some(first) = request.messages.first() else {
        return Err("The messages field is empty. Add a message and try again.".into());
    };
    if first.role != Role::User {
        return Err("A conversation must start with a user message. Try again with a conversation that starts with a user message.".into());
    }
    if request.messages.windows(2).any(|pair| pair[0].role == pair[1].role) {
        return Err("A conversation must alternate between user and assistant roles. Make sure the conversation alternates between user and assistant roles and try again.".into());
    }
    if request.messages.last().is_some_and(|message| message.role == Role::Assistant) {
        return Err(PREFILL.into());
    }
    for (at, message) in request.messages.iter().enumerate() {
        if message.content.is_empty() {
            return Err(format!(
                "The content field in the Message object at messages.{at} is empty. Add a ContentBlock object to the content field and try again."
            ));
        }
        for (index, block) in message.content.iter().enumerate() {
            content(block, message.role, &format!("messages.{at}.content.{index}"))?;
        }
        let document = message.content.iter().any(|block| matches!(block, ContentBlock::Document(_)));
        let text = message.content.iter().any(|block| matches!(block, ContentBlock::Text(_)));
        if document && !text {
            return Err(format!("messages.{at}: a document needs a text block beside it."));
        }
    }
    Ok(())
}

fn content(block: &ContentBlock, role: Role, at: &str) -> Result<(), String> {
    match (block, role) {
        (ContentBlock::Text(text), _) if text.trim().is_empty() => Err(blank("ContentBlock", at)),
        (ContentBlock::ToolUse(_), Role::User) => {
            Err(format!("{at}: a toolUse block is allowed in an assistant message only."))
        }
        (ContentBlock::ToolResult(_), Role::Assistant) => {
            Err(format!("{at}: a toolResult block is allowed in a user message only."))
        }
        (ContentBlock::ReasoningContent(_) | ContentBlock::CitationsContent(_), Role::User) => {
            Err(format!("{at}: this block is allowed in an assistant message only."))
        }
        (
            ContentBlock::Image(_)
            | ContentBlock::Document(_)
            | ContentBlock::Video(_)
            | ContentBlock::Audio(_)
            | ContentBlock::SearchResult(_),
            Role::Assistant,
        ) => Err(format!("{at}: this block is allowed in a user message only.")),
        _ => Ok(()),
    }
}

fn blank(object: &str, at: &str) -> String {
    format!("The text field in the {object} object at {at} is blank. Add text to the text field, and try again.")
}
