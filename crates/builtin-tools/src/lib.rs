//! Tools that need no account: calculations and the weather. They still pass the guard, as every tool does. This crate
//! must never handle a credential.

mod calculate;
mod weather;

pub use calculate::Calculate;
pub use weather::{Config, Weather};

use agent::intent::{Object, Relation};
use agent::permission::Permission;
use agent::tool::BadInput;
use serde_json::Value;

/// The relation that a person needs in FGA for a tool that accesses nobody's data.
const RELATION: Relation = Relation("can_call");

/// The object of one of these tools.
fn object(name: &str) -> Result<Object, BadInput> {
    Object::new("tool", &format!("countersign/{name}")).map_err(|error| BadInput(error.to_string()))
}

/// The permission that every call of one of these tools needs.
fn requires(name: &str) -> Option<Permission> {
    Some(Permission::of(RELATION, &object(name).ok()?))
}

/// Reads the only argument of a call, one line of at most `most` characters. Rejects any other argument.
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
