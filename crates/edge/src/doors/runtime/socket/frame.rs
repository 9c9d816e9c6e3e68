//! The frames of a socket: prompts that come in, and events that go out, each within 32 KiB.

use crate::doors::refusal::Refusal;
use crate::doors::runtime::telling::Told;
use serde::Deserialize;
use serde_json::json;
use std::error::Error;

/// Most characters of a text in one frame. A character has at most six bytes in JSON, so a frame has less than 32 KiB, the
/// smaller of the two limits in AWS's pages.
const LONGEST_TEXT: usize = 5_000;

/// A prompt. Anything but text in `prompt` is refused, as at `/invocations`.
#[derive(Deserialize)]
pub(super) struct Prompt {
    pub(super) prompt: String,
    /// As the header `Idempotency-Key` of `/invocations`.
    #[serde(default)]
    pub(super) idempotency_key: Option<String>,
}

impl Prompt {
    /// Reads a frame.
    ///
    /// # Errors
    /// It is no prompt.
    pub(super) fn parse(text: &str) -> Result<Self, Refusal> {
        let message = "A frame must be JSON with a text in prompt: {\"prompt\": \"…\"}.";
        serde_json::from_str(text).map_err(|_| Refusal::Malformed(message))
    }
}

/// Returns the frames of an event. Words are split, so that a client puts them together as it does all words; other texts
/// are short, and cut if they are not.
pub(super) fn frames(told: Told) -> Vec<String> {
    let pieces = match told {
        Told::Words { text } => pieces(&text).map(|text| Told::Words { text }).collect(),
        Told::Call { call, state, tool, text } => vec![Told::Call { call, state, tool, text: cut(&text) }],
        Told::AccountWanted { call, text, until, url } => {
            vec![Told::AccountWanted { call, text: cut(&text), until, url }]
        }
        Told::End { outcome, text } => vec![Told::End { outcome, text: cut(&text) }],
        other @ (Told::Void | Told::ApprovalWanted { .. } | Told::Error { .. }) => vec![other],
    };
    // Serializing this type never fails.
    pieces.iter().map(|told| serde_json::to_string(told).unwrap_or_default()).collect()
}

fn pieces(text: &str) -> impl Iterator<Item = String> {
    let mut rest = text.chars();
    std::iter::from_fn(move || {
        let piece: String = rest.by_ref().take(LONGEST_TEXT).collect();
        (!piece.is_empty()).then_some(piece)
    })
}

fn cut(text: &str) -> String {
    pieces(text).next().unwrap_or_default()
}

/// Returns the event of a prompt that was not accepted. It ends no answer: the socket goes on.
pub(super) fn refused(refusal: &Refusal) -> String {
    let (_, kind, message) = refusal.told();
    json!({ "event": "refused", "kind": kind, "text": message }).to_string()
}

/// Returns `true` if a frame or message was beyond the limit. The library says so by its text alone.
pub(super) fn is_too_big(error: &axum::Error) -> bool {
    let text = error.source().map(ToString::to_string).unwrap_or_default();
    text.contains("too long") || text.contains("too big")
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use serde_json::Value;

    #[test]
    fn no_frame_is_longer_than_the_limit_and_no_word_is_lost() {
        for text in ["a".repeat(100_000), "\u{1}".repeat(20_000), "€𝄞".repeat(20_000), "short".to_owned()] {
            let out = frames(Told::Words { text: text.clone() });
            assert!(out.iter().all(|frame| frame.len() <= 32 * 1024));
            let read = out.iter().map(|frame| serde_json::from_str::<Value>(frame).unwrap());
            let joined: String = read.map(|event| event["text"].as_str().unwrap().to_owned()).collect();
            assert_eq!(joined, text);
        }
        let [end] = &frames(Told::Error { kind: "deleted" })[..] else { panic!("one frame") };
        assert_eq!(end, r#"{"event":"error","kind":"deleted"}"#);
    }

    #[test]
    fn only_a_text_is_a_prompt() {
        for (text, expected) in [
            (r#"{"prompt":"Hello"}"#, true),
            (r#"{"prompt":"Hello","idempotency_key":"client-0001"}"#, true),
            (r#"{"prompt":{"toolUse":{}}}"#, false),
            (r#"{"prompt":[{"toolUse":{}}]}"#, false),
            ("{}", false),
            ("Hello", false),
            ("", false),
        ] {
            assert_eq!(Prompt::parse(text).is_ok(), expected, "{text}");
        }
    }
}
