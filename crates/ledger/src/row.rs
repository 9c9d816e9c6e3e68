//! Rows as the store holds them: a key and attributes.

use crate::SERVICE;
use agent::ports::Unavailable;
use std::collections::BTreeMap;
use std::fmt::Display;
use std::str::FromStr;

/// The primary key of a row.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    /// The partition: a chain, a tenant's markers of spent approvals, or a person's own list.
    pub partition: String,
    /// Sort key, which orders the rows of a partition.
    pub sort: String,
}

impl Key {
    /// Returns the key of a row.
    pub fn new(partition: impl Into<String>, sort: impl Into<String>) -> Self {
        Self { partition: partition.into(), sort: sort.into() }
    }
}

/// An attribute of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// A text.
    Text(String),
    /// A number in its stored spelling.
    Number(String),
    /// A value of a type that the ledger never writes.
    Other,
}

impl Value {
    pub(crate) fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    pub(crate) fn number(number: impl Display) -> Self {
        Self::Number(number.to_string())
    }
}

/// A row with exactly the attributes that the store holds. An extra one matters: it might be a TTL that makes the
/// store delete the row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Key of the row.
    pub key: Key,
    /// Attributes without the key.
    pub attributes: BTreeMap<String, Value>,
}

impl Row {
    pub(crate) fn new<const N: usize>(key: Key, attributes: [(&str, Value); N]) -> Self {
        Self { key, attributes: attributes.map(|(name, value)| (name.to_owned(), value)).into() }
    }

    /// Returns a text attribute, or an error if the row has none of this name.
    pub(crate) fn text(&self, name: &str) -> Result<&str, Unavailable> {
        match self.attributes.get(name) {
            Some(Value::Text(text)) => Ok(text),
            _ => Err(broken(name)),
        }
    }

    /// Returns a number attribute, or an error if the row has none of this name.
    pub(crate) fn number<T: FromStr>(&self, name: &str) -> Result<T, Unavailable> {
        match self.attributes.get(name) {
            Some(Value::Number(number)) => number.parse().map_err(|_| broken(name)),
            _ => Err(broken(name)),
        }
    }
}

pub(crate) fn broken(name: &str) -> Unavailable {
    Unavailable::new(SERVICE, format!("a stored row has no valid attribute `{name}`"))
}
