//! Rows as a store keeps them: a key and attributes.

use crate::SERVICE;
use agent::ports::Unavailable;
use std::collections::BTreeMap;
use std::fmt::Display;
use std::str::FromStr;

/// The key of a row.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    /// The partition: a chain, the marks of spent approvals of a tenant, or a person's own list.
    pub partition: String,
    /// The place in the partition, by which its rows are ordered.
    pub sort: String,
}

impl Key {
    /// The key of a row.
    pub fn new(partition: impl Into<String>, sort: impl Into<String>) -> Self {
        Self { partition: partition.into(), sort: sort.into() }
    }
}

/// An attribute of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// A text.
    Text(String),
    /// A number, as it is spelled.
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

/// One row. Its attributes are exactly those that lie in the store: one too many might be a date on which the store deletes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Where it lies.
    pub key: Key,
    /// Its attributes, without the key.
    pub attributes: BTreeMap<String, Value>,
}

impl Row {
    pub(crate) fn new<const N: usize>(key: Key, attributes: [(&str, Value); N]) -> Self {
        Self { key, attributes: attributes.map(|(name, value)| (name.to_owned(), value)).into() }
    }

    /// A text attribute. A row without it is broken, which is no answer.
    pub(crate) fn text(&self, name: &str) -> Result<&str, Unavailable> {
        match self.attributes.get(name) {
            Some(Value::Text(text)) => Ok(text),
            _ => Err(broken(name)),
        }
    }

    /// A number attribute.
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
