//! Encodes frames of `application/vnd.amazon.eventstream`. Must not depend on the order of events.

use aws_smithy_eventstream::frame::write_message_to;
use aws_smithy_types::event_stream::{Header, HeaderValue, Message};
use bytes::{Bytes, BytesMut};
use sandbox_kit::canary;
use serde_json::{Value, json};

use crate::fault::Fault;

/// Encodes an event. Its payload gets padding `p` of random length, as in the real service.
pub(crate) fn event(name: &str, mut payload: Value) -> Bytes {
    if let Value::Object(members) = &mut payload {
        members.insert("p".into(), padding().into());
    }
    frame("event", ":event-type", name, payload.to_string())
}

/// Encodes an exception, which ends a stream.
pub(crate) fn exception(fault: &Fault) -> Bytes {
    let mut name = fault.kind.name().to_owned();
    name[..1].make_ascii_lowercase();
    frame("exception", ":exception-type", &name, json!({ "message": fault.message }).to_string())
}

/// Encodes an event whose frame is valid but whose payload isn't JSON.
pub(crate) fn nonsense(name: &str) -> Bytes {
    frame("event", ":event-type", name, "{\"contentBlockIndex\":0,\"delta\":{\"te".into())
}

/// Returns the frame with its last byte, part of the message checksum, inverted.
pub(crate) fn corrupt(frame: &Bytes) -> Bytes {
    let mut bytes = frame.to_vec();
    if let Some(last) = bytes.last_mut() {
        *last = !*last;
    }
    bytes.into()
}

fn frame(message_type: &'static str, type_header: &'static str, name: &str, payload: String) -> Bytes {
    let text = |value: &str| HeaderValue::String(value.to_owned().into());
    let message = Message::new(payload)
        .add_header(Header::new(type_header, text(name)))
        .add_header(Header::new(":content-type", text("application/json")))
        .add_header(Header::new(":message-type", text(message_type)));
    let mut buffer = BytesMut::new();
    // Fails only for lengths beyond the format's limits, which none of these events comes near.
    match write_message_to(&message, &mut buffer) {
        Ok(()) => buffer.freeze(),
        Err(error) => {
            tracing::error!(%error, name, "an event doesn't fit in a frame");
            Bytes::new()
        }
    }
}

/// Returns a random prefix of the alphabet and digits, which the real service uses as padding.
fn padding() -> &'static str {
    const ALPHABET: &str = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    let dice = canary::random(8).bytes().map(usize::from).sum::<usize>();
    &ALPHABET[..=dice % ALPHABET.len()]
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use aws_smithy_eventstream::frame::read_message_from;

    use super::*;
    use crate::fault::Kind;

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    #[test]
    fn frames_match_the_published_vectors() {
        let start = frame("event", ":event-type", "messageStart", r#"{"role":"assistant"}"#.into());
        assert_eq!(
            hex(&start),
            "000000760000005296d5fade0b3a6576656e742d7479706507000c6d65737361676553746172740d3a636f6e74656e742d747970650700106170706c69636174696f6e2f6a736f6e0d3a6d6573736167652d747970650700056576656e747b22726f6c65223a22617373697374616e74227d6fa8c599"
        );
        let slow = exception(&Fault::new(Kind::Throttling, "slow down"));
        assert_eq!(
            hex(&slow),
            "0000008800000061de0175f40f3a657863657074696f6e2d747970650700137468726f74746c696e67457863657074696f6e0d3a636f6e74656e742d747970650700106170706c69636174696f6e2f6a736f6e0d3a6d6573736167652d74797065070009657863657074696f6e7b226d657373616765223a22736c6f7720646f776e227d832ee072"
        );
    }

    #[test]
    fn every_event_is_padded_and_lengths_differ() {
        let lengths: std::collections::BTreeSet<usize> =
            (0..64).map(|_| event("messageStop", json!({})).len()).collect();
        assert!(lengths.len() > 8, "{lengths:?}");
        let message = read_message_from(event("messageStop", json!({"stopReason": "end_turn"}))).unwrap();
        let payload: Value = serde_json::from_slice(message.payload()).unwrap();
        assert_eq!(payload["stopReason"], "end_turn");
        assert!(payload["p"].as_str().unwrap().starts_with('a'));
    }

    #[test]
    fn a_corrupt_frame_does_not_decode() {
        assert!(read_message_from(corrupt(&event("messageStop", json!({})))).is_err());
    }
}
