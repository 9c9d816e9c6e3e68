//! Parsed relationship tuples and their parts. Must not depend on a model, which decides whether a tuple is allowed.

use std::fmt;

use serde_json::{Map, Value};

/// An object, written `type:id`. Neither part is empty or contains `:`, `#` or white space.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Object {
    /// The type, for example `document`.
    pub kind: String,
    /// The identifier within the type, never `*`.
    pub id: String,
}

impl Object {
    /// Parses `type:id`; `None` if it is malformed or a typed wildcard.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (kind, id) = split(text)?;
        (id != "*").then(|| Self { kind: kind.to_owned(), id: id.to_owned() })
    }
}

impl fmt::Display for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.kind, self.id)
    }
}

/// The user of a tuple or a query.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum User {
    /// A single object: `user:ada`.
    Object(Object),
    /// Every object of a type: `user:*`.
    Wildcard(String),
    /// All users who have a relation to an object: `group:eng#member`.
    Userset(Object, String),
}

impl User {
    /// Parses `type:id`, `type:*` or `type:id#relation`; `None` if it is malformed.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if let Some((object, relation)) = text.split_once('#') {
            return is_name(relation)
                .then(|| Object::parse(object))
                .flatten()
                .map(|object| Self::Userset(object, relation.to_owned()));
        }
        let (kind, id) = split(text)?;
        Some(if id == "*" {
            Self::Wildcard(kind.to_owned())
        } else {
            Self::Object(Object { kind: kind.to_owned(), id: id.to_owned() })
        })
    }

    /// Returns the type of the object.
    #[must_use]
    pub fn kind(&self) -> &str {
        match self {
            Self::Object(object) | Self::Userset(object, _) => &object.kind,
            Self::Wildcard(kind) => kind,
        }
    }
}

impl fmt::Display for User {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Object(object) => object.fmt(f),
            Self::Wildcard(kind) => write!(f, "{kind}:*"),
            Self::Userset(object, relation) => write!(f, "{object}#{relation}"),
        }
    }
}

/// The condition of a tuple.
#[derive(Debug, Clone, PartialEq)]
pub struct TupleCondition {
    /// Name of the model's condition.
    pub name: String,
    /// Values stored with the tuple. They take precedence over those of a query.
    pub context: Map<String, Value>,
}

/// A relationship: `user` has `relation` to `object`, optionally under a condition.
#[derive(Debug, Clone, PartialEq)]
pub struct Tuple {
    /// The user.
    pub user: User,
    /// The relation.
    pub relation: String,
    /// The object.
    pub object: Object,
    /// The condition, if any.
    pub condition: Option<TupleCondition>,
}

impl Tuple {
    /// Parses the three parts; `None` if one of them is malformed.
    #[must_use]
    pub fn parse(user: &str, relation: &str, object: &str) -> Option<Self> {
        Some(Self {
            user: User::parse(user)?,
            relation: is_name(relation).then(|| relation.to_owned())?,
            object: Object::parse(object)?,
            condition: None,
        })
    }

    /// Returns `true` if both have the same user, relation and object; conditions are ignored.
    #[must_use]
    pub fn same(&self, other: &Self) -> bool {
        self.user == other.user && self.relation == other.relation && self.object == other.object
    }
}

/// `object#relation@user`, as in the service's messages; the condition is omitted.
impl fmt::Display for Tuple {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}#{}@{}", self.object, self.relation, self.user)
    }
}

/// Returns `true` if `text` is a valid part of a tuple: not empty and without `:`, `#` and white space.
pub(crate) fn is_name(text: &str) -> bool {
    !text.is_empty() && !text.contains(|c: char| c == ':' || c == '#' || c.is_whitespace())
}

fn split(text: &str) -> Option<(&str, &str)> {
    text.split_once(':').filter(|(kind, id)| is_name(kind) && is_name(id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parsed_user_prints_as_it_was_written() {
        for text in ["user:ada", "user:auth0|ada", "user:*", "group:eng#member"] {
            assert_eq!(User::parse(text).map(|user| user.to_string()).as_deref(), Some(text));
        }
        for text in
            ["", "ada", "*", "user:", ":ada", "user:a:b", "user:a b", "group:1#", "group:*#member", "group:1#a#b"]
        {
            assert_eq!(User::parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn a_wildcard_does_not_parse_as_an_object() {
        assert_eq!(Object::parse("document:*"), None);
        assert!(Object::parse("document:1").is_some());
    }
}
