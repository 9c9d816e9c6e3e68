//! Assembly of stream events into parts of an answer.

use super::reasoning::Thought;
use super::thinking::Thinking;
use agent::ports::{ReplyPart, StopReason};
use agent::{CallId, ToolCall, ToolName};
use aws_sdk_bedrockruntime::types::{
    ContentBlockDelta, ContentBlockStart, ConverseStreamOutput, StopReason as WireStop,
};

/// The open block, and whether the message has stopped.
#[derive(Default)]
pub(super) struct Assembly {
    block: Option<Open>,
    pub(super) stopped: bool,
}

enum Open {
    Text(Thinking),
    Thought(Thought),
    Call { id: String, tool: String, input: String },
}

impl Assembly {
    /// Returns the parts that an event completes, or a sign of life if it completes none.
    pub(super) fn take(&mut self, event: ConverseStreamOutput) -> Vec<ReplyPart> {
        let parts = self.parts(event);
        if parts.is_empty() { vec![ReplyPart::Progress] } else { parts }
    }

    fn parts(&mut self, event: ConverseStreamOutput) -> Vec<ReplyPart> {
        match event {
            ConverseStreamOutput::ContentBlockStart(start) => {
                let parts = self.close();
                if let Some(ContentBlockStart::ToolUse(call)) = start.start {
                    self.block = Some(Open::Call { id: call.tool_use_id, tool: call.name, input: String::new() });
                }
                parts
            }
            ConverseStreamOutput::ContentBlockDelta(delta) => self.delta(delta.delta),
            ConverseStreamOutput::ContentBlockStop(_) => self.close(),
            ConverseStreamOutput::MessageStop(stop) => {
                let mut parts = self.close();
                self.stopped = true;
                parts.push(ReplyPart::Stop(reason(&stop.stop_reason)));
                parts
            }
            ConverseStreamOutput::Metadata(metadata) => metadata
                .usage
                .map(|usage| ReplyPart::Usage {
                    input: u32::try_from(usage.input_tokens).unwrap_or(0),
                    output: u32::try_from(usage.output_tokens).unwrap_or(0),
                })
                .into_iter()
                .collect(),
            // `messageStart` carries no information; unknown members of a later service version are ignored.
            _ => Vec::new(),
        }
    }

    /// Text and reasoning have no `contentBlockStart`: their first delta opens a block, and closes one of another kind.
    fn delta(&mut self, delta: Option<ContentBlockDelta>) -> Vec<ReplyPart> {
        match delta {
            Some(ContentBlockDelta::Text(text)) => {
                let mut parts = if matches!(self.block, Some(Open::Thought(_))) { self.close() } else { Vec::new() };
                if let Open::Text(thinking) = self.block.get_or_insert_with(|| Open::Text(Thinking::default())) {
                    parts.extend(text_part(thinking.visible(&text)));
                }
                parts
            }
            Some(ContentBlockDelta::ReasoningContent(piece)) => {
                let parts = if matches!(self.block, Some(Open::Text(_))) { self.close() } else { Vec::new() };
                if let Open::Thought(thought) = self.block.get_or_insert_with(|| Open::Thought(Thought::default())) {
                    thought.take(piece);
                }
                parts
            }
            Some(ContentBlockDelta::ToolUse(fragment)) => {
                if let Some(Open::Call { input, .. }) = &mut self.block {
                    input.push_str(&fragment.input);
                }
                Vec::new()
            }
            _ => Vec::new(),
        }
    }

    fn close(&mut self) -> Vec<ReplyPart> {
        match self.block.take() {
            None => Vec::new(),
            Some(Open::Text(mut thinking)) => {
                text_part(thinking.rest()).into_iter().chain([ReplyPart::TextEnd]).collect()
            }
            Some(Open::Thought(thought)) => thought.finish().map(ReplyPart::Reasoning).into_iter().collect(),
            Some(Open::Call { id, tool, input }) => {
                let input = if input.is_empty() { "{}" } else { &input };
                vec![match serde_json::from_str(input) {
                    Ok(input) => ReplyPart::Call(ToolCall { id: CallId(id), tool: ToolName(tool), input }),
                    Err(_) => ReplyPart::Garbled { id: CallId(id), tool },
                }]
            }
        }
    }
}

fn text_part(text: String) -> Option<ReplyPart> {
    (!text.is_empty()).then_some(ReplyPart::Text(text))
}

/// Maps the stop reason. Pending calls are detected from the calls themselves, because some models report `end_turn`
/// with calls. A reason that a later version of the service adds is logged and treated as an ordinary end.
fn reason(stop: &WireStop) -> StopReason {
    let reason = match stop {
        WireStop::EndTurn | WireStop::StopSequence => return StopReason::Done,
        WireStop::ToolUse => return StopReason::Calls,
        WireStop::MaxTokens => StopReason::MaxTokens,
        WireStop::ModelContextWindowExceeded => StopReason::ContextOverflow,
        WireStop::ContentFiltered | WireStop::GuardrailIntervened => StopReason::Filtered,
        WireStop::MalformedModelOutput | WireStop::MalformedToolUse => StopReason::Malformed,
        _ => StopReason::Done,
    };
    tracing::info!(reason = stop.as_str(), "the model did not stop by itself");
    reason
}

#[cfg(test)]
mod tests;
