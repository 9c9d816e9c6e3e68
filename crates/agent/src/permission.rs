//! A relation on an object as text, as the pages of permissions and requests for access handle it. The guard's own checks
//! use [`Relation`] and [`Object`], which a tool declares.

use crate::intent::{BadObject, Object, Relation};
use serde::{Deserialize, Serialize};
use std::fmt;

/// A relation on an object: `read_okta on okta:groups`. Neither is a wildcard or a userset.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "(String, String)", into = "(String, String)")]
pub struct Permission {
    relation: String,
    object: String,
}

impl Permission {
    /// The relation to an object by which a person may grant others access to it.
    pub const ADMIN: &'static str = "admin";

    /// Longest name of a relation that OpenFGA accepts.
    const LONGEST_RELATION: usize = 50;

    /// Returns the relation on the object `type:id`, under the rules of [`Object::new`] for the id.
    ///
    /// # Errors
    /// [`BadObject`] if one of them has another meaning in FGA, or none.
    pub fn new(relation: &str, object: &str) -> Result<Self, BadObject> {
        let (kind, id) = object.split_once(':').ok_or(BadObject)?;
        let name = |text: &str, most: usize| {
            (1..=most).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        };
        if !name(relation, Self::LONGEST_RELATION) || !name(kind, Object::LONGEST) || object.len() > Object::LONGEST {
            return Err(BadObject);
        }
        Object::new("", id)?;
        Ok(Self { relation: relation.to_owned(), object: object.to_owned() })
    }

    /// Returns the permission that a tool declares.
    #[must_use]
    pub fn of(relation: Relation, object: &Object) -> Self {
        Self { relation: relation.to_string(), object: object.to_string() }
    }

    /// Returns the permission to grant others access to the same object.
    #[must_use]
    pub fn admin(&self) -> Self {
        Self { relation: Self::ADMIN.to_owned(), object: self.object.clone() }
    }

    /// The relation.
    #[must_use]
    pub fn relation(&self) -> &str {
        &self.relation
    }

    /// The object, `type:id`.
    #[must_use]
    pub fn object(&self) -> &str {
        &self.object
    }

    /// The object's type.
    #[must_use]
    pub fn kind(&self) -> &str {
        self.object.split_once(':').map_or("", |(kind, _)| kind)
    }

    /// The object's id, without its type.
    #[must_use]
    pub fn id(&self) -> &str {
        self.object.split_once(':').map_or("", |(_, id)| id)
    }
}

impl TryFrom<(String, String)> for Permission {
    type Error = BadObject;

    fn try_from((relation, object): (String, String)) -> Result<Self, BadObject> {
        Self::new(&relation, &object)
    }
}

impl From<Permission> for (String, String) {
    fn from(own: Permission) -> Self {
        (own.relation, own.object)
    }
}

impl fmt::Display for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} on {}", self.relation, self.object)
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test")]
mod tests {
    use super::*;

    #[test]
    fn a_permission_names_one_relation_on_one_object() {
        let good = Permission::new("can_call", "tool:tasks/get_tasks").unwrap();
        assert_eq!((good.relation(), good.kind(), good.id()), ("can_call", "tool", "tasks/get_tasks"));
        assert_eq!(good.admin().to_string(), "admin on tool:tasks/get_tasks");
        let long = format!("tool:{}", "x".repeat(252));
        for (relation, object) in [
            ("", "okta:groups"),
            ("read okta", "okta:groups"),
            ("a#b", "okta:groups"),
            ("read_okta", "okta"),
            ("read_okta", "okta:"),
            ("read_okta", ":groups"),
            ("read_okta", "okta:*"),
            ("read_okta", "group:everyone#member"),
            ("read_okta", "okta:a:b"),
            ("read_okta", &long),
        ] {
            assert_eq!(Permission::new(relation, object), Err(BadObject), "{relation} {object}");
        }
    }
}
