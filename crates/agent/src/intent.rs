//! The action that a call stands for, determined before any service is queried: relation, object, risk and required
//! credential.

use serde::{Deserialize, Serialize};
use std::fmt;

/// The action that a call would perform, returned by [`crate::Tool::intend`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Intent {
    /// The action in plain words, for the person: `Read the Okta groups of bob@acme.example`.
    pub summary: String,
    /// The action in two words, for a small screen: `Reset password`. At most 24 letters and spaces.
    pub verb: &'static str,
    /// The person or thing that the action affects, in full: `bob@acme.example`.
    pub target: String,
    /// The relation that the actor must have.
    pub relation: Relation,
    /// The object that the call will touch.
    pub object: Object,
    /// The risk, which decides if the person must approve the action out of band.
    pub risk: Risk,
    /// The credential that the action needs, if any.
    pub needs: Option<Need>,
    /// The consequence for whom it affects, if the summary does not say it.
    pub effect: Option<Effect>,
}

/// The consequence of an action, for the person who decides about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Effect {
    /// One or two sentences: `Their current password stops working.`
    pub text: String,
    /// The possibility to take it back.
    pub permanence: Permanence,
}

/// The possibility to take an action back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Permanence {
    /// Somebody can restore the state before it.
    Reversible,
    /// Nobody can.
    Permanent,
}

/// The risk of an action, which decides if a permission alone suffices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Risk {
    /// Only reads; a permission suffices.
    Read,
    /// Changes something that matters; needs a person's approval out of band.
    Elevated,
}

/// The name of a relation in the authorization model: 1 to 50 characters without `:`, `#`, `@` or white space.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Relation(pub &'static str);

impl fmt::Display for Relation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// An object in the authorization model, `type:id`, that cannot be a wildcard or a userset.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Object {
    kind: &'static str,
    id: String,
}

/// The id would have another meaning in FGA.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a valid object id")]
pub struct BadObject;

impl Object {
    /// Longest `type:id` that OpenFGA accepts, in bytes.
    pub const LONGEST: usize = 256;

    /// Returns the object `kind:id`. Rejects an id that is empty, too long or not ASCII, or contains `:`, `#`, `@`,
    /// `*`, control characters or white space: it could name another object, everybody, or a set of people.
    ///
    /// # Errors
    /// [`BadObject`] if the id was rejected. No service has been queried at that point.
    pub fn new(kind: &'static str, id: &str) -> Result<Self, BadObject> {
        let forbidden = |c: char| matches!(c, ':' | '#' | '@' | '*') || c.is_whitespace() || c.is_control();
        if id.is_empty() || kind.len() + 1 + id.len() > Self::LONGEST || id.contains(forbidden) || !id.is_ascii() {
            return Err(BadObject);
        }
        Ok(Self { kind, id: id.to_owned() })
    }
}

impl Object {
    /// The id without its type.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }
}

impl fmt::Display for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.kind, self.id)
    }
}

/// A credential that an action needs.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Need {
    /// The provider of the credential: `okta`, `github`.
    pub provider: String,
    /// The scopes that the tool declares, and no others.
    pub scopes: Vec<String>,
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test")]
mod tests {
    use super::*;

    #[test]
    fn an_object_id_cannot_smuggle_a_userset_a_wildcard_or_another_object() {
        assert_eq!(Object::new("okta", "groups").unwrap().to_string(), "okta:groups");
        let long = "x".repeat(300);
        for id in ["", "1#x", "*", "user:*", "a b", "a\u{0}", "a\n", "gr\u{43e}ups", "a@b", &long] {
            assert_eq!(Object::new("okta", id), Err(BadObject), "{id:?}");
        }
    }
}
