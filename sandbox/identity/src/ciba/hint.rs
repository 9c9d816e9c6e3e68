//! `login_hint` in the only format that Auth0 accepts: a JSON object with issuer and subject. Must not look up people.

use serde_json::Value;

use crate::token::error::TokenError;

/// Returns the `sub` of the hint. Its `iss` must equal this issuer as an exact string.
pub(super) fn sub(hint: Option<&str>, issuer: &str) -> Result<String, TokenError> {
    let hint = hint.ok_or_else(|| TokenError::invalid_request("login_hint is required"))?;
    let Ok(Value::Object(mut members)) = serde_json::from_str(hint) else {
        return Err(failed("must be a JSON object"));
    };
    let mut text = |name: &str| match members.remove(name) {
        Some(Value::String(text)) => Ok(text),
        Some(_) => Err(failed(&format!("\"{name}\" must be a string"))),
        None => Err(failed(&format!("\"{name}\" is required"))),
    };
    let (format, iss, sub) = (text("format")?, text("iss")?, text("sub")?);
    if let Some(name) = members.keys().next() {
        return Err(failed(&format!("\"{name}\" is not allowed")));
    }
    if format != "iss_sub" {
        return Err(failed("\"format\" contains unsupported format"));
    }
    if iss != issuer {
        return Err(TokenError::invalid_request("iss within login_hint is not the issuer of this tenant"));
    }
    let known_form = sub.split_once('|').is_some_and(|(strategy, id)| !strategy.is_empty() && !id.is_empty());
    if known_form { Ok(sub) } else { Err(failed("\"sub\" contains unsupported format")) }
}

fn failed(what: &str) -> TokenError {
    TokenError::invalid_request(format!("login_hint parameter validation failed: {what}"))
}
