//! The value of `WWW-Authenticate`.

use crate::config::{DoorConfig, Scope};

/// The parts of a challenge that do not depend on the request. They come from the configuration, so that no `Host` header
/// can plant the address of foreign metadata.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Challenge {
    metadata_url: String,
    scope: String,
}

impl Challenge {
    pub(crate) fn of(door: &DoorConfig) -> Self {
        Self { metadata_url: door.resource.metadata_url(), scope: joined(&door.challenge_scopes) }
    }

    /// The challenge for a request without credentials, which has no `error` (RFC 6750 section 3.1).
    pub(super) fn plain(&self) -> String {
        bearer(&[("resource_metadata", &self.metadata_url), ("scope", &self.scope)])
    }

    pub(super) fn invalid_token(&self, description: &str) -> String {
        bearer(&[
            ("resource_metadata", &self.metadata_url),
            ("scope", &self.scope),
            ("error", "invalid_token"),
            ("error_description", description),
        ])
    }

    pub(super) fn invalid_request() -> String {
        bearer(&[("error", "invalid_request")])
    }

    pub(super) fn insufficient_scope(&self, needed: &[Scope]) -> String {
        bearer(&[
            ("error", "insufficient_scope"),
            ("scope", &joined(needed)),
            ("resource_metadata", &self.metadata_url),
        ])
    }
}

fn joined(scopes: &[Scope]) -> String {
    scopes.iter().map(Scope::as_str).collect::<Vec<_>>().join(" ")
}

/// Writes the parameters that have a value.
fn bearer(parameters: &[(&str, &str)]) -> String {
    let written = parameters.iter().filter(|(_, value)| !value.is_empty());
    let written: Vec<_> = written.map(|(name, value)| format!("{name}={}", quoted(value))).collect();
    format!("Bearer {}", written.join(", "))
}

/// Writes a quoted string (RFC 9110 section 5.6.4). Characters that may not stand in one are left out.
fn quoted(value: &str) -> String {
    let mut text = String::from("\"");
    for c in value.chars().filter(|c| matches!(c, ' '..='~')) {
        if matches!(c, '"' | '\\') {
            text.push('\\');
        }
        text.push(c);
    }
    text.push('"');
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_a_challenge_are_escaped() {
        for (value, expected) in [
            ("api/read", r#""api/read""#),
            (r#"a"b\c"#, r#""a\"b\\c""#),
            ("a\r\nSet-Cookie: x", r#""aSet-Cookie: x""#),
            ("né\u{202e}x\u{7f}", r#""nx""#),
        ] {
            assert_eq!(quoted(value), expected);
        }
    }
}
