#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;
use agent::ports::Reasoning;
use aws_sdk_bedrockruntime::types::{
    ContentBlockDeltaEvent, ContentBlockStartEvent, ContentBlockStopEvent, MessageStopEvent,
    ReasoningContentBlockDelta, ToolUseBlockDelta, ToolUseBlockStart,
};
use aws_smithy_types::Blob;
use serde_json::json;

fn delta(delta: ContentBlockDelta) -> ConverseStreamOutput {
    ConverseStreamOutput::ContentBlockDelta(
        ContentBlockDeltaEvent::builder().content_block_index(0).delta(delta).build().unwrap(),
    )
}

fn thinks(text: &str) -> ConverseStreamOutput {
    delta(ContentBlockDelta::ReasoningContent(ReasoningContentBlockDelta::Text(text.into())))
}

fn signs(signature: &str) -> ConverseStreamOutput {
    delta(ContentBlockDelta::ReasoningContent(ReasoningContentBlockDelta::Signature(signature.into())))
}

fn redacts(bytes: &[u8]) -> ConverseStreamOutput {
    delta(ContentBlockDelta::ReasoningContent(ReasoningContentBlockDelta::RedactedContent(Blob::new(bytes))))
}

fn says(text: &str) -> ConverseStreamOutput {
    delta(ContentBlockDelta::Text(text.into()))
}

fn calls(id: &str) -> ConverseStreamOutput {
    let start = ToolUseBlockStart::builder().tool_use_id(id).name("deed").build().unwrap();
    let start = ContentBlockStartEvent::builder().content_block_index(0).start(ContentBlockStart::ToolUse(start));
    ConverseStreamOutput::ContentBlockStart(start.build().unwrap())
}

fn argues(input: &str) -> ConverseStreamOutput {
    delta(ContentBlockDelta::ToolUse(ToolUseBlockDelta::builder().input(input).build().unwrap()))
}

fn closes() -> ConverseStreamOutput {
    ConverseStreamOutput::ContentBlockStop(ContentBlockStopEvent::builder().content_block_index(0).build().unwrap())
}

fn stops(reason: &str) -> ConverseStreamOutput {
    ConverseStreamOutput::MessageStop(MessageStopEvent::builder().stop_reason(reason.into()).build().unwrap())
}

/// All parts of a stream, and the number of events that yielded only a sign of life.
fn read(events: Vec<ConverseStreamOutput>) -> (Vec<ReplyPart>, usize) {
    let mut assembly = Assembly::default();
    let parts: Vec<ReplyPart> = events.into_iter().flat_map(|event| assembly.take(event)).collect();
    let (quiet, parts): (Vec<_>, Vec<_>) = parts.into_iter().partition(|part| *part == ReplyPart::Progress);
    (parts, quiet.len())
}

fn thought(text: &str, signature: Option<&str>) -> ReplyPart {
    ReplyPart::Reasoning(Reasoning::Text { text: text.into(), signature: signature.map(str::to_owned) })
}

fn call(id: &str) -> ReplyPart {
    ReplyPart::Call(ToolCall { id: CallId(id.into()), tool: ToolName("deed".into()), input: json!({"a": 1}) })
}

#[test]
fn reasoning_is_assembled_and_never_becomes_text() {
    let redacted = || ReplyPart::Reasoning(Reasoning::Redacted { content: "AP8B".into() });
    let text = |text: &str| [ReplyPart::Text(text.into()), ReplyPart::TextEnd];
    let rows = vec![
        (vec![thinks("I "), thinks("see"), signs("si"), signs("g"), closes()], vec![thought("I see", Some("sig"))], 4),
        (vec![thinks(""), signs("sig"), closes()], vec![thought("", Some("sig"))], 2),
        (vec![thinks("no signature"), closes()], vec![thought("no signature", None)], 1),
        (vec![redacts(&[0, 255]), redacts(&[1]), closes()], vec![redacted()], 2),
        (vec![thinks(""), closes()], vec![], 2),
        (
            vec![thinks("<thinking>x"), signs("s"), closes(), says("Hi"), closes()],
            [vec![thought("<thinking>x", Some("s"))], text("Hi").to_vec()].concat(),
            2,
        ),
        // Each way to close a block: its end, a block of another kind, the end of the message.
        (
            vec![
                thinks("a"),
                signs("s"),
                says("b"),
                thinks("c"),
                signs("t"),
                calls("x"),
                argues("{\"a\":"),
                argues("1}"),
                stops("tool_use"),
            ],
            [
                vec![thought("a", Some("s"))],
                text("b").to_vec(),
                vec![thought("c", Some("t")), call("x"), ReplyPart::Stop(StopReason::Calls)],
            ]
            .concat(),
            5,
        ),
    ];
    for (events, expected, quiet) in rows {
        let told = format!("{events:?}");
        assert_eq!(read(events), (expected, quiet), "{told}");
    }
}

#[test]
fn each_stop_reason_has_its_meaning() {
    for (wire, expected) in [
        ("end_turn", StopReason::Done),
        ("stop_sequence", StopReason::Done),
        ("tool_use", StopReason::Calls),
        ("max_tokens", StopReason::MaxTokens),
        ("guardrail_intervened", StopReason::Filtered),
        ("content_filtered", StopReason::Filtered),
        ("malformed_model_output", StopReason::Malformed),
        ("malformed_tool_use", StopReason::Malformed),
        ("model_context_window_exceeded", StopReason::ContextOverflow),
        ("a_reason_of_next_year", StopReason::Done),
    ] {
        assert_eq!(read(vec![thinks("hm"), stops(wire)]).0.last(), Some(&ReplyPart::Stop(expected)), "{wire}");
    }
}
