//! An export as one JSON object. It holds what the person could see: nothing that is for the server or the model alone,
//! such as tickets of approvals, results of calls, reasoning and idempotency keys.

use super::Record;
use crate::backend::convert::{self, View};
use crate::time_text::rfc3339;
use agent::Actor;
use agent::ports::{Millis, Numbered};
use agent::title::Titled;
use agent::turn::Event;
use app::wire::Frame;
use serde_json::{Value, json};

/// The end of an export.
pub(super) const END: &str = "\n]}\n";

/// Returns the beginning of an export: the object up to the first conversation.
pub(super) fn beginning(actor: &Actor, now: Millis) -> String {
    let person = json!({
        "name": actor.name(), "email": actor.email(), "issuer": actor.issuer(), "subject": actor.subject(),
        "organization": actor.tenant(),
    });
    let exported = json!(rfc3339(now));
    format!(
        "{{\"format\":\"countersign-conversations/1\",\"exported\":{exported},\"person\":{person},\"conversations\":["
    )
}

/// Returns a conversation as an element of the array.
pub(super) fn conversation(Record { header, log, first }: &Record<'_>) -> String {
    let comma = if *first { "\n" } else { ",\n" };
    let titled = match header.titled {
        Titled::Message => "message",
        Titled::Action => "action",
        Titled::Person => "person",
    };
    let events: Option<Vec<Value>> = log.as_ref().map(|log| log.iter().filter_map(event).collect());
    let object = json!({
        "id": header.id.as_str(), "title": header.title, "titled_by": titled, "created": rfc3339(header.created),
        "used": rfc3339(header.used), "damaged": events.is_none(), "events": events.unwrap_or_default(),
    });
    format!("{comma}{object}")
}

fn event(entry: &Numbered) -> Option<Value> {
    let event = match &entry.event {
        Event::Said { text } => json!({ "said": { "text": text } }),
        _ => match convert::frame(entry, View::STORED)? {
            Frame::Event { event, .. } => serde_json::to_value(event).ok()?,
            _ => return None,
        },
    };
    Some(json!({ "number": entry.number, "at": rfc3339(entry.at), "event": event }))
}
