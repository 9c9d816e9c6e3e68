//! A validated authorization model of schema 1.1. Must not depend on tuples or stores.

mod condition;
mod entrypoints;
mod parameter;
mod paths;
mod recursion;
mod rules;
mod tuple_rules;
mod validate;
pub(crate) mod wire;

use std::collections::BTreeMap;

use serde_json::Value;

pub(crate) use condition::Condition;
pub use condition::{CompileFault, ConditionFault};
pub(crate) use paths::Source;
pub use tuple_rules::TupleFault;
pub use validate::ModelFault;

/// A validated model.
#[derive(Debug)]
pub struct Model {
    id: String,
    source: wire::Model,
    types: BTreeMap<String, BTreeMap<String, Relation>>,
    conditions: BTreeMap<String, Condition>,
    recursion: recursion::Recursion,
}

/// A relation of a type.
#[derive(Debug)]
pub(crate) struct Relation {
    /// Definition of the relation.
    pub(crate) rewrite: Rewrite,
    /// Users that a tuple may name directly (type restrictions).
    pub(crate) allowed: Vec<Restriction>,
    /// `true` if a `from` of another relation uses this relation as its tupleset.
    pub(crate) tupleset: bool,
}

/// The definition of a relation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Rewrite {
    /// `[user, …]`: from tuples.
    This,
    /// `editor`: from another relation of the same object.
    Computed(String),
    /// `viewer from parent`: from a relation of the objects that a tupleset names.
    From { relation: String, tupleset: String },
    /// `a or b`.
    Union(Vec<Rewrite>),
    /// `a and b`.
    Intersection(Vec<Rewrite>),
    /// `a but not b`.
    Difference(Box<Rewrite>, Box<Rewrite>),
}

/// A type restriction: one entry of `[user, user:*, group#member, user with condition]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Restriction {
    pub(crate) kind: String,
    pub(crate) form: Form,
    pub(crate) condition: Option<String>,
}

/// The form of the users that a type restriction allows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Form {
    Object,
    Wildcard,
    Userset(String),
}

impl Model {
    /// Parses and validates a model in the service's JSON form, and assigns it `id`.
    ///
    /// # Errors
    /// Returns an error if the JSON does not have the form of a model, or the model violates a rule of schema 1.1.
    pub fn parse(id: &str, json: Value) -> Result<Self, ModelFault> {
        let source = serde_json::from_value(json).map_err(|error| ModelFault::Shape(error.to_string()))?;
        Self::build(id, source)
    }

    /// Returns the model's id.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Returns the model in the service's JSON form.
    #[must_use]
    pub fn json(&self) -> Value {
        let mut json = serde_json::to_value(&self.source).unwrap_or_default();
        json["id"] = Value::String(self.id.clone());
        json
    }

    /// Returns `true` if the model defines this type.
    #[must_use]
    pub fn has_type(&self, kind: &str) -> bool {
        self.types.contains_key(kind)
    }

    /// Returns `true` if the type defines this relation.
    #[must_use]
    pub fn has_relation(&self, kind: &str, relation: &str) -> bool {
        self.relation(kind, relation).is_some()
    }

    pub(crate) fn relation(&self, kind: &str, relation: &str) -> Option<&Relation> {
        self.types.get(kind)?.get(relation)
    }

    /// Iterates over the relations of a type; empty for an unknown type.
    pub(crate) fn relations(&self, kind: &str) -> impl Iterator<Item = (&str, &Relation)> {
        self.types.get(kind).into_iter().flatten().map(|(name, relation)| (name.as_str(), relation))
    }

    pub(crate) fn condition(&self, name: &str) -> Option<&Condition> {
        self.conditions.get(name)
    }
}

impl Rewrite {
    /// Returns the operands; empty for a leaf.
    pub(crate) fn operands(&self) -> Vec<&Rewrite> {
        match self {
            Self::This | Self::Computed(_) | Self::From { .. } => Vec::new(),
            Self::Union(operands) | Self::Intersection(operands) => operands.iter().collect(),
            Self::Difference(base, subtract) => vec![base, subtract],
        }
    }

    /// Returns all leaves from left to right.
    pub(crate) fn leaves(&self) -> Vec<&Rewrite> {
        let operands = self.operands();
        if operands.is_empty() { vec![self] } else { operands.into_iter().flat_map(Self::leaves).collect() }
    }

    /// Returns the leaves, following only the first operand of an intersection and the base of a difference.
    pub(crate) fn first_leaves(&self) -> Vec<&Rewrite> {
        match self {
            Self::This | Self::Computed(_) | Self::From { .. } => vec![self],
            Self::Union(operands) => operands.iter().flat_map(Self::first_leaves).collect(),
            Self::Intersection(operands) => operands.first().map(Self::first_leaves).unwrap_or_default(),
            Self::Difference(base, _) => base.first_leaves(),
        }
    }
}
