//! The places of a text in the requests to the model. External text belongs into results and definitions only.

use sandbox::bedrock::Recorded;
use serde_json::Value;

/// A place in a request to the model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    System,
    Definition,
    Result,
    /// A message of the person.
    Person,
    /// Text or a call of the model.
    Model,
}

/// Returns the places in which any request holds the text.
pub(crate) fn places(requests: &[Recorded], words: &str) -> Vec<Place> {
    let all = [Place::System, Place::Definition, Place::Result, Place::Person, Place::Model];
    let holds =
        |place: Place| requests.iter().any(|request| parts(&request.body, place).any(|part| within(part, words)));
    all.into_iter().filter(|place| holds(*place)).collect()
}

fn parts(body: &Value, place: Place) -> Box<dyn Iterator<Item = &Value> + '_> {
    let blocks = |role: &'static str| {
        let messages = body["messages"].as_array().into_iter().flatten().filter(move |message| message["role"] == role);
        messages.flat_map(|message| message["content"].as_array().into_iter().flatten())
    };
    match place {
        Place::System => Box::new(std::iter::once(&body["system"])),
        Place::Definition => Box::new(std::iter::once(&body["toolConfig"])),
        Place::Result => Box::new(blocks("user").map(|block| &block["toolResult"])),
        Place::Person => Box::new(blocks("user").map(|block| &block["text"])),
        Place::Model => Box::new(blocks("assistant")),
    }
}

/// Returns `true` if a string or a member's name in the value contains the text, after JSON unescaping.
fn within(value: &Value, words: &str) -> bool {
    match value {
        Value::String(text) => text.contains(words),
        Value::Array(items) => items.iter().any(|item| within(item, words)),
        Value::Object(members) => members.iter().any(|(name, item)| name.contains(words) || within(item, words)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}
