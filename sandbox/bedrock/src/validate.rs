//! Rules by which Bedrock rejects a request that is well-formed JSON. Must not depend on the model's answer.
//!
//! An error is the message of a `ValidationException`. Indices in paths count from 0, as in Bedrock's own messages.

mod cache;
mod conversation;
mod options;
mod pairing;
mod reasoning;
mod tools;

use crate::models::Family;
use crate::wire::Request;

/// The requested operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operation {
    Converse,
    ConverseStream,
}

/// Returns an error for the first rule that `request` violates.
pub(crate) fn request(request: &Request, family: Family, operation: Operation) -> Result<(), String> {
    options::check(request, family, operation)?;
    conversation::check(request)?;
    pairing::check(request)?;
    reasoning::check(request, family)?;
    cache::check(request, family)?;
    if let Some(config) = &request.tool_config {
        tools::check(config, family)?;
    }
    Ok(())
}

/// Formats Bedrock's message for a value that violates a constraint of the service model.
fn constraint(value: &str, at: &str, rule: &str) -> String {
    format!("1 validation error detected: Value '{value}' at '{at}' failed to satisfy constraint: Member must {rule}")
}

/// Checks a name or an id: 1 to 64 ASCII letters, digits and characters of `others`.
fn identifier(value: &str, at: &str, others: &str) -> Result<(), String> {
    if value.is_empty() {
        return Err(constraint(value, at, "have length greater than or equal to 1"));
    }
    if value.chars().count() > 64 {
        return Err(constraint(value, at, "have length less than or equal to 64"));
    }
    if !value.chars().all(|c| c.is_ascii_alphanumeric() || others.contains(c)) {
        return Err(constraint(value, at, &format!("satisfy regular expression pattern: [a-zA-Z0-9{others}]+")));
    }
    Ok(())
}

#[cfg(test)]
mod tests;
