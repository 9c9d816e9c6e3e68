//! An authorization model of schema 1.1, validated. It must never know tuples or stores.

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

/// One relation of a type.
#[derive(Debug)]
pub(crate) struct Relation {
    /// How the relation is computed.
    pub(crate) rewrite: Rewrite,
    /// Whom a tuple may name directly.
    pub(crate) allowed: Vec<Restriction>,
    /// Whether another relation follows this one with `from`.
    pub(crate) tupleset: bool,
}

/// How a relation is computed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Rewrite {
    /// `[user, …]`: by tuples.
    This,
    /// `editor`: by another relation of the same object.
    Computed(String),
    /// `viewer from parent`: by a relation of the objects that a tupleset names.
    From { relation: String, tupleset: String },
    /// `a or b`.
    Union(Vec<Rewrite>),
    /// `a and b`.
    Intersection(Vec<Rewrite>),
    /// `a but not b`.
    Difference(Box<Rewrite>, Box<Rewrite>),
}

/// One entry of `[user, user:*, group#member, user with condition]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Restriction {
    pub(crate) kind: String,
    pub(crate) form: Form,
    pub(crate) condition: Option<String>,
}

/// Which users of a type are allowed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Form {
    Object,
    Wildcard,
    Userset(String),
}

impl Model {
    /// Reads and validates a model in the service's JSON form; `id` becomes its id.
    ///
    /// # Errors
    /// When the JSON has another shape, or the model breaks a rule of schema 1.1.
    pub fn parse(id: &str, json: Value) -> Result<Self, ModelFault> {
        let source = serde_json::from_value(json).map_err(|error| ModelFault::Shape(error.to_string()))?;
        Self::build(id, source)
    }

    /// The model's id.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The model as the service shows it.
    #[must_use]
    pub fn json(&self) -> Value {
        let mut json = serde_json::to_value(&self.source).unwrap_or_default();
        json["id"] = Value::String(self.id.clone());
        json
    }

    /// Whether the model knows this type.
    #[must_use]
    pub fn has_type(&self, kind: &str) -> bool {
        self.types.contains_key(kind)
    }

    /// Whether the type has this relation.
    #[must_use]
    pub fn has_relation(&self, kind: &str, relation: &str) -> bool {
        self.relation(kind, relation).is_some()
    }

    pub(crate) fn relation(&self, kind: &str, relation: &str) -> Option<&Relation> {
        self.types.get(kind)?.get(relation)
    }

    /// The relations of a type, none for an unknown one.
    pub(crate) fn relations(&self, kind: &str) -> impl Iterator<Item = (&str, &Relation)> {
        self.types.get(kind).into_iter().flatten().map(|(name, relation)| (name.as_str(), relation))
    }

    pub(crate) fn condition(&self, name: &str) -> Option<&Condition> {
        self.conditions.get(name)
    }
}

impl Rewrite {
    /// The operands, none for a leaf.
    pub(crate) fn operands(&self) -> Vec<&Rewrite> {
        match self {
            Self::This | Self::Computed(_) | Self::From { .. } => Vec::new(),
            Self::Union(operands) | Self::Intersection(operands) => operands.iter().collect(),
            Self::Difference(base, subtract) => vec![base, subtract],
        }
    }

    /// All leaves, from left to right.
    pub(crate) fn leaves(&self) -> Vec<&Rewrite> {
        let operands = self.operands();
        if operands.is_empty() { vec![self] } else { operands.into_iter().flat_map(Self::leaves).collect() }
    }

    /// The leaves without those behind an `and` or a `but not`.
    pub(crate) fn first_leaves(&self) -> Vec<&Rewrite> {
        match self {
            Self::This | Self::Computed(_) | Self::From { .. } => vec![self],
            Self::Union(operands) => operands.iter().flat_map(Self::first_leaves).collect(),
            Self::Intersection(operands) => operands.first().map(Self::first_leaves).unwrap_or_default(),
            Self::Difference(base, _) => base.first_leaves(),
        }
    }
}
