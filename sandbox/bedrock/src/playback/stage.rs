//! Applies mischief to the scripted plan. Must not depend on the event-stream format.

use serde_json::Value;

use crate::fault::{Fault, Kind};
use crate::mischief::Mischief;
use crate::plan::{Block, Input, Plan, StopReason};
use crate::script::{self, Conversation};

/// The reaction to a valid request.
#[derive(Debug, PartialEq)]
pub(crate) enum Stage {
    /// An error instead of an answer.
    Refuse(Fault),
    /// No response at all.
    Hang,
    /// An answer, altered on its way as the `Twist` says.
    Play(Plan, Twist),
}

/// The alteration of an answer on its way to the client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Twist {
    Straight,
    /// The stream carries an exception halfway.
    Exception(Fault),
    /// The stream ends cleanly halfway.
    End,
    /// The connection breaks halfway.
    Cut,
    /// The stream falls silent halfway.
    Silence,
    /// A frame has a wrong checksum halfway.
    BadChecksum,
    /// A payload isn't JSON halfway.
    BadJson,
    /// The stream carries an unknown event halfway.
    UnknownEvent,
    /// The stream pauses after this many words.
    Gate(usize),
}

/// The guardrail's message in place of a blocked answer.
const BLOCKED: &str = "Sorry, the model cannot answer this question.";

/// Returns the reaction to `conversation` under `mischief`.
pub(crate) fn stage(mischief: Option<Mischief>, conversation: &Conversation<'_>) -> Stage {
    let plan = || script::plan(conversation);
    let play = |twist| Stage::Play(plan(), twist);
    let refuse = |kind, message: &str| Stage::Refuse(Fault::new(kind, message));
    let Some(mischief) = mischief else { return play(Twist::Straight) };
    match mischief {
        Mischief::Throttle429 { retry_after } => Stage::Refuse(Fault::throttled(retry_after)),
        Mischief::Internal500 => Stage::Refuse(Fault::internal()),
        Mischief::ServiceUnavailable503 => {
            refuse(Kind::ServiceUnavailable, "Bedrock is unable to process your request.")
        }
        Mischief::Forbidden403 => {
            refuse(Kind::AccessDenied, "You don't have access to the model with the specified model ID.")
        }
        Mischief::ContextOverflow => refuse(Kind::Validation, "Input is too long for requested model."),
        Mischief::ThrottleMidStream => play(Twist::Exception(Fault::throttled(None))),
        Mischief::InternalMidStream => play(Twist::Exception(Fault::internal())),
        Mischief::EndBeforeMessageStop => play(Twist::End),
        Mischief::CutConnection => play(Twist::Cut),
        Mischief::Silence => Stage::Hang,
        Mischief::SilenceMidStream => play(Twist::Silence),
        Mischief::NonsenseFrames => play(Twist::BadChecksum),
        Mischief::NonsenseJson => play(Twist::BadJson),
        Mischief::UnknownEvent => play(Twist::UnknownEvent),
        Mischief::Gate { after_words } => play(Twist::Gate(after_words)),
        Mischief::MalformedToolInput => Stage::Play(malformed(calling(plan(), conversation)), Twist::Straight),
        Mischief::EndTurnWithToolUse => {
            Stage::Play(Plan { stop: StopReason::EndTurn, ..calling(plan(), conversation) }, Twist::Straight)
        }
        Mischief::ThinkingText => Stage::Play(thinking(plan()), Twist::Straight),
        Mischief::MaxTokens => Stage::Play(half(plan(), StopReason::MaxTokens), Twist::Straight),
        Mischief::ContentFiltered => Stage::Play(half(plan(), StopReason::ContentFiltered), Twist::Straight),
        Mischief::MalformedModelOutput => Stage::Play(half(plan(), StopReason::MalformedModelOutput), Twist::Straight),
        Mischief::MalformedToolUse => Stage::Play(half(plan(), StopReason::MalformedToolUse), Twist::Straight),
        Mischief::ContextWindowExceeded => {
            Stage::Play(half(plan(), StopReason::ModelContextWindowExceeded), Twist::Straight)
        }
        Mischief::GuardrailIntervened => {
            Stage::Play(Plan { stop: StopReason::GuardrailIntervened, ..Plan::say(BLOCKED) }, Twist::Straight)
        }
        Mischief::EmptyMessage => Stage::Play(Plan::of(Vec::new()), Twist::Straight),
        Mischief::Say(blocks) => Stage::Play(Plan::of(blocks), Twist::Straight),
    }
}

/// Returns the plan if it calls a tool; otherwise a call of the first offered tool, or of a tool that doesn't exist.
fn calling(plan: Plan, conversation: &Conversation<'_>) -> Plan {
    if plan.blocks.iter().any(|block| matches!(block, Block::ToolUse { .. })) {
        return plan;
    }
    let name = conversation.tools.first().map_or("no_such_tool", |tool| tool.name.as_str());
    Plan::of(vec![Block::call(name, Value::Object(serde_json::Map::new()))])
}

fn malformed(mut plan: Plan) -> Plan {
    for block in &mut plan.blocks {
        if let Block::ToolUse { input, .. } = block {
            *input = Input::Raw(r#"{"user": "bob@acme.exa, "#.into());
        }
    }
    plan
}

fn thinking(mut plan: Plan) -> Plan {
    let thought =
        Block::Text("<thinking>The user wants something. I should think about what to do.</thinking>\n".into());
    plan.blocks.insert(0, thought);
    plan
}

fn half(plan: Plan, stop: StopReason) -> Plan {
    let tokens = plan.tokens() / 2;
    Plan { stop, ..plan.limited(tokens) }
}
