//! Tools that need no account of anybody: sums and the weather. Each still asks the guard, as every tool does.
//! It must never see a credential.

mod calculate;
mod weather;

pub use calculate::Calculate;
pub use weather::{Config, Weather};

use agent::intent::{Object, Relation};
use agent::tool::BadInput;
use serde_json::Value;

/// What a person needs in FGA for a tool that touches nothing of anybody's.
const RELATION: Relation = Relation("can_call");

/// The object of a tool of ours.
fn object(name: &str) -> Result<Object, BadInput> {
    Object::new("tool", &format!("countersign/{name}")).map_err(|error| BadInput(error.to_string()))
}

/// The one argument of a call, which is a text of at most `most` characters; other arguments are none of ours.
fn only<'a>(input: &'a Value, name: &str, most: usize) -> Result<&'a str, BadInput> {
    let Some(members) = input.as_object() else { return Err(BadInput("The arguments must be an object.".to_owned())) };
    if let Some(other) = members.keys().find(|key| *key != name) {
        return Err(BadInput(format!("There is no argument {}.", text::visible(other))));
    }
    let text = members.get(name).and_then(Value::as_str).map(str::trim).unwrap_or_default();
    if text.is_empty() || text.chars().count() > most || text.chars().any(char::is_control) {
        return Err(BadInput(format!("The argument {name} must be one line of 1 to {most} characters.")));
    }
    Ok(text)
}
