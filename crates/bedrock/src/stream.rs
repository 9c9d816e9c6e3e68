//! The event stream as parts of an answer. A stream that ends before `messageStop` is cut, though the SDK calls it a good end.

use crate::error;
use agent::ports::{ModelError, ReplyPart, ReplyStream, StopReason};
use agent::{CallId, ToolCall, ToolName};
use aws_sdk_bedrockruntime::primitives::event_stream::EventReceiver;
use aws_sdk_bedrockruntime::types::error::ConverseStreamOutputError;
use aws_sdk_bedrockruntime::types::{
    ContentBlockDelta, ContentBlockStart, ConverseStreamOutput, StopReason as WireStop,
};
use futures::{StreamExt, stream};
use std::collections::VecDeque;

mod thinking;
use thinking::Thinking;

type Receiver = EventReceiver<ConverseStreamOutput, ConverseStreamOutputError>;

/// Reads the stream until `messageStop`, an error, or its end.
pub(crate) fn parts(receiver: Receiver) -> ReplyStream {
    let state = (receiver, Assembly::default(), VecDeque::new(), false);
    stream::unfold(state, |(mut receiver, mut assembly, mut ready, over)| async move {
        loop {
            if let Some(part) = ready.pop_front() {
                return Some((part, (receiver, assembly, ready, over)));
            }
            if over {
                return None;
            }
            match receiver.recv().await {
                Ok(Some(event)) => ready.extend(assembly.take(event).into_iter().map(Ok)),
                Ok(None) if assembly.stopped => return None,
                Ok(None) => {
                    let cut = ModelError::Cut("the stream ended before messageStop".to_owned());
                    return Some((Err(cut), (receiver, assembly, ready, true)));
                }
                // After messageStop the answer is whole; only its usage is lost.
                Err(_) if assembly.stopped => return None,
                Err(failure) => return Some((Err(error::streaming(&failure)), (receiver, assembly, ready, true))),
            }
        }
    })
    .boxed()
}

/// What the blocks so far amount to.
#[derive(Default)]
struct Assembly {
    block: Option<Open>,
    stopped: bool,
}

enum Open {
    Text(Thinking),
    Call { id: String, tool: String, input: String },
}

impl Assembly {
    fn take(&mut self, event: ConverseStreamOutput) -> Vec<ReplyPart> {
        match event {
            ConverseStreamOutput::ContentBlockStart(start) => {
                if let Some(ContentBlockStart::ToolUse(call)) = start.start {
                    self.block = Some(Open::Call { id: call.tool_use_id, tool: call.name, input: String::new() });
                }
                Vec::new()
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
            // `messageStart` says nothing new; members of a later service version are not ours to guess at.
            _ => Vec::new(),
        }
    }

    fn delta(&mut self, delta: Option<ContentBlockDelta>) -> Vec<ReplyPart> {
        match delta {
            // A text block has no start: its first delta opens it.
            Some(ContentBlockDelta::Text(text)) => {
                let open = self.block.get_or_insert_with(|| Open::Text(Thinking::default()));
                match open {
                    Open::Text(thinking) => text_part(thinking.visible(&text)),
                    Open::Call { .. } => Vec::new(),
                }
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
                let mut parts = text_part(thinking.rest());
                parts.push(ReplyPart::TextEnd);
                parts
            }
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

fn text_part(text: String) -> Vec<ReplyPart> {
    if text.is_empty() { Vec::new() } else { vec![ReplyPart::Text(text)] }
}

/// Whether calls are pending is seen from the calls themselves: some models say `end_turn` all the same.
fn reason(stop: &WireStop) -> StopReason {
    match stop {
        WireStop::ToolUse => StopReason::Calls,
        WireStop::MaxTokens | WireStop::ModelContextWindowExceeded => StopReason::MaxTokens,
        WireStop::ContentFiltered | WireStop::GuardrailIntervened => StopReason::Filtered,
        _ => StopReason::Done,
    }
}
