//! The scopes of a token, in the dialects of the issuers.

use oidc::Claims;
use serde_json::Value;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Granted scopes, compared as whole words.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scopes(BTreeSet<Arc<str>>);

impl Scopes {
    /// Returns whether this scope was granted.
    #[must_use]
    pub fn contains(&self, scope: &str) -> bool {
        self.0.contains(scope)
    }

    /// The scopes in order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|scope| &**scope)
    }

    /// Reads `scope` (RFC 9068 section 2.2.3), or else `scp` (Okta: an array, Entra: a string). If Auth0's `permissions`
    /// is present as well, only scopes that both name are granted; alone it grants what it names. A claim of another type
    /// grants nothing.
    pub(crate) fn of(claims: &Claims) -> Self {
        let scopes = match (claims.value("scope"), claims.value("scp")) {
            (Some(Value::String(scope)), _) => Some(words(scope)),
            (Some(_), _) => Some(BTreeSet::new()),
            (None, Some(scp)) => Some(words_or_array(scp)),
            (None, None) => None,
        };
        let permissions = claims.value("permissions").map(array);
        Self(match (scopes, permissions) {
            (Some(scopes), Some(permissions)) => scopes.intersection(&permissions).cloned().collect(),
            (Some(granted), None) | (None, Some(granted)) => granted,
            (None, None) => BTreeSet::new(),
        })
    }
}

impl<S: AsRef<str>> FromIterator<S> for Scopes {
    fn from_iter<I: IntoIterator<Item = S>>(scopes: I) -> Self {
        Self(scopes.into_iter().map(|scope| Arc::from(scope.as_ref())).collect())
    }
}

fn words_or_array(value: &Value) -> BTreeSet<Arc<str>> {
    value.as_str().map_or_else(|| array(value), words)
}

fn words(text: &str) -> BTreeSet<Arc<str>> {
    text.split(' ').filter(|word| !word.is_empty()).map(Arc::from).collect()
}

fn array(value: &Value) -> BTreeSet<Arc<str>> {
    value.as_array().into_iter().flatten().filter_map(Value::as_str).map(Arc::from).collect()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test")]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn scopes_are_read_in_every_dialect_and_permissions_bound_them() {
        let rows = [
            (json!({"scope": "a b"}), "a b"),
            (json!({"scope": " a  b "}), "a b"),
            (json!({"scope": "a", "scp": ["b"]}), "a"),
            (json!({"scp": ["a", "b"]}), "a b"),
            (json!({"scp": "a b"}), "a b"),
            (json!({"scp": ["a", 1]}), "a"),
            (json!({"permissions": ["a", "b"]}), "a b"),
            (json!({"scope": "a b", "permissions": ["b", "c"]}), "b"),
            (json!({"scp": ["a", "b"], "permissions": ["a"]}), "a"),
            (json!({"scope": "a b", "permissions": []}), ""),
            (json!({"scope": "a b", "permissions": "a"}), ""),
            (json!({"scope": ["a"]}), ""),
            (json!({"scope": 7, "scp": ["a"]}), ""),
            (json!({"scope": "a\tb"}), "a\tb"),
            (json!({"scp": {"a": true}}), ""),
            (json!({}), ""),
        ];
        for (claims, expected) in rows {
            let scopes = Scopes::of(&Claims::parse(claims.to_string().as_bytes()).unwrap());
            assert_eq!(scopes.iter().collect::<Vec<_>>().join(" "), expected, "{claims}");
        }
    }
}
