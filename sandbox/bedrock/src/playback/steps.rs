//! The steps of a stream, in Bedrock's order of events. Must not wait or send: a step only describes an action.

use bytes::Bytes;
use sandbox_kit::canary;
use serde_json::{Value, json};

use super::stage::Twist;
use crate::plan::{Block, Plan};
use crate::{chunks, frames};

/// One action of a stream.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Step {
    /// Send this event.
    Event(&'static str, Value),
    /// Send this delta after the configured time per word.
    Word(Value),
    /// Send `metadata`, which reports the total latency.
    Metadata,
    /// Send these bytes.
    Raw(Bytes),
    /// Wait for a release.
    Gate,
    /// Wait forever.
    Hang,
    /// Break the connection.
    Break,
}

/// Returns the steps of `plan`, altered as `twist` says.
pub(crate) fn steps(plan: &Plan, twist: Twist) -> Vec<Step> {
    let mut body: Vec<Step> = plan.blocks.iter().enumerate().flat_map(|(index, block)| content(index, block)).collect();
    let mut steps = vec![Step::Event("messageStart", json!({ "role": "assistant" }))];
    let half = body.len().div_ceil(2);
    let ending = match twist {
        Twist::Straight => None,
        Twist::Exception(fault) => Some(vec![Step::Raw(frames::exception(&fault))]),
        Twist::End => Some(Vec::new()),
        Twist::Cut => Some(vec![Step::Break]),
        Twist::Silence => Some(vec![Step::Hang]),
        Twist::BadChecksum => Some(vec![Step::Raw(frames::corrupt(&frames::event("contentBlockDelta", json!({}))))]),
        Twist::BadJson => Some(vec![Step::Raw(frames::nonsense("contentBlockDelta"))]),
        Twist::UnknownEvent => {
            body.insert(half, Step::Event("contentBlockAside", json!({ "aside": { "text": "to nobody" } })));
            None
        }
        Twist::Gate(words) => {
            body.insert(after_words(&body, words), Step::Gate);
            None
        }
    };
    if let Some(ending) = ending {
        body.truncate(half);
        steps.extend(body);
        steps.extend(ending);
        return steps;
    }
    steps.extend(body);
    steps.push(Step::Event("messageStop", json!({ "stopReason": plan.stop.wire() })));
    steps.push(Step::Metadata);
    steps
}

/// Generates a tool use id of Bedrock's form.
pub(crate) fn tool_use_id() -> String {
    format!("tooluse_{}", canary::random(16))
}

fn content(index: usize, block: &Block) -> Vec<Step> {
    let delta = |delta: Value| json!({ "contentBlockIndex": index, "delta": delta });
    let mut steps = Vec::new();
    match block {
        // A text block has no contentBlockStart: its first delta opens it.
        Block::Text(text) => {
            steps.extend(chunks::words(text).into_iter().map(|word| Step::Word(delta(json!({ "text": word })))));
        }
        // Neither has reasoning. Its signature comes last, in a delta of its own.
        Block::Reasoning { text, signature } => {
            let thought =
                |member: &str, value: &str| Step::Word(delta(json!({ "reasoningContent": { member: value } })));
            steps.extend(chunks::words(text).into_iter().map(|word| thought("text", word)));
            steps.extend(signature.iter().map(|signature| thought("signature", signature)));
        }
        Block::Redacted(content) => {
            steps.push(Step::Word(delta(json!({ "reasoningContent": { "redactedContent": content } }))));
        }
        Block::ToolUse { id, name, input } => {
            let id = id.clone().unwrap_or_else(tool_use_id);
            let start = json!({ "toolUse": { "toolUseId": id, "name": name } });
            steps.push(Step::Event("contentBlockStart", json!({ "contentBlockIndex": index, "start": start })));
            let pieces = chunks::input(&input.text());
            steps.extend(pieces.into_iter().map(|piece| Step::Word(delta(json!({ "toolUse": { "input": piece } })))));
        }
    }
    steps.push(Step::Event("contentBlockStop", json!({ "contentBlockIndex": index })));
    steps
}

/// Returns the index of the step after the first `words` words of text.
fn after_words(steps: &[Step], words: usize) -> usize {
    let mut seen = 0;
    for (at, step) in steps.iter().enumerate() {
        if seen == words {
            return at;
        }
        if let Step::Word(payload) = step
            && payload["delta"]["text"].as_str().is_some_and(|text| text.ends_with(char::is_whitespace))
        {
            seen += 1;
        }
    }
    steps.len()
}
