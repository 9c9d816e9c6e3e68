//! What Bedrock refuses in a request that is well-formed JSON. It must never know what the model would answer.
//!
//! An error is the message of a `ValidationException`. Paths count from 0, as in Bedrock's own messages.

mod cache;
mod conversation;
mod options;
mod pairing;
mod reasoning;
mod tools;

use crate::models::Family;
use crate::wire::Request;

/// Which of the two operations is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operation {
    Converse,
    ConverseStream,
}

/// The first thing that is wrong with `request`, if any.
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

/// Bedrock's words for a value that breaks a constraint of the service model.
fn constraint(value: &str, at: &str, rule: &str) -> String {
    format!("1 validation error detected: Value '{value}' at '{at}' failed to satisfy constraint: Member must {rule}")
}

/// A name or an id: 1 to 64 of ASCII letters, digits and `others`.
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
