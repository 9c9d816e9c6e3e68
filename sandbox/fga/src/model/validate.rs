//! Builds a model from its JSON form, or rejects it with the service's message. Must not depend on tuples.

use std::collections::{BTreeMap, BTreeSet};

use super::condition::CompileFault;
use super::recursion::Recursion;
use super::{Condition, Model, Relation, Restriction, Rewrite, wire};

/// Maximum number of types in a model.
const MAX_TYPES: usize = 100;

/// Reason for which a model is rejected. The messages are the service's.
#[derive(Debug, thiserror::Error)]
pub enum ModelFault {
    /// The JSON does not have the form of a model.
    #[error("{0}")]
    Shape(String),
    /// A name, an expression, or the number of conditions or parameters violates the service's request schema.
    #[error("{0}")]
    Field(String),
    /// The model defines no types.
    #[error("invalid WriteAuthorizationModelRequest.TypeDefinitions: value must contain at least 1 item(s)")]
    NoTypes,
    /// The model defines too many types.
    #[error("The number of type definitions in an authorization model exceeds the allowed limit of {MAX_TYPES}")]
    TooManyTypes,
    /// The model violates a rule of schema 1.1.
    #[error("{0}")]
    Rule(String),
    /// A condition does not compile.
    #[error("failed to compile expression on condition '{0}' - {1}")]
    Condition(String, CompileFault),
}

impl Model {
    pub(super) fn build(id: &str, source: wire::Model) -> Result<Self, ModelFault> {
        check_fields(&source)?;
        if source.schema_version != "1.1" {
            return Err(ModelFault::Rule("invalid schema version".to_owned()));
        }
        let types = types(&source)?;
        let mut model =
            Self { id: id.to_owned(), source, types, conditions: BTreeMap::new(), recursion: Recursion::Followed };
        model.check_rules().map_err(ModelFault::Rule)?;
        model.conditions = conditions(&model.source)?;
        model.recursion = model.weigh();
        Ok(model)
    }
}

/// Checks the constraints of the service's request schema, which precede the rules for models.
fn check_fields(source: &wire::Model) -> Result<(), ModelFault> {
    let field = |message: String| Err(ModelFault::Field(message));
    if source.type_definitions.is_empty() {
        return Err(ModelFault::NoTypes);
    }
    if source.type_definitions.len() > MAX_TYPES {
        return Err(ModelFault::TooManyTypes);
    }
    for definition in &source.type_definitions {
        if !is_name(&definition.kind, 254) {
            return field(
                "invalid TypeDefinition.Type: value does not match regex pattern \"^[^:#@\\\\s]{1,254}$\"".to_owned(),
            );
        }
        if let Some(name) = definition.relations.keys().find(|name| !is_name(name, 50)) {
            let pattern = "value does not match regex pattern \"^[^:#@\\\\s]{1,50}$\"";
            return field(format!("invalid TypeDefinition.Relations[{name}]: {pattern}"));
        }
    }
    if source.conditions.len() > 25 || source.conditions.values().any(|condition| condition.parameters.len() > 25) {
        return field("invalid map: value must contain no more than 25 pair(s)".to_owned());
    }
    for (name, condition) in &source.conditions {
        if !is_name(name, 50) || condition.parameters.keys().any(|name| !is_name(name, 50)) {
            return field(
                "invalid Condition.Name: value does not match regex pattern \"^[^:#@\\\\s]{1,50}$\"".to_owned(),
            );
        }
        if condition.expression.len() > 512 {
            return field("invalid Condition.Expression: value length must be at most 512 bytes".to_owned());
        }
    }
    Ok(())
}

/// Matches `^[^:#@\s]{1,max}$`, the pattern of every name in a model.
fn is_name(text: &str, max: usize) -> bool {
    (1..=max).contains(&text.chars().count())
        && !text.contains(|c: char| matches!(c, ':' | '#' | '@') || c.is_whitespace())
}

fn types(source: &wire::Model) -> Result<BTreeMap<String, BTreeMap<String, Relation>>, ModelFault> {
    let mut types = BTreeMap::new();
    for definition in &source.type_definitions {
        if types.insert(definition.kind.clone(), relations(definition)).is_some() {
            return Err(ModelFault::Rule("an authorization model cannot contain duplicate types".to_owned()));
        }
    }
    Ok(types)
}

fn relations(definition: &wire::TypeDefinition) -> BTreeMap<String, Relation> {
    let rewrites: BTreeMap<&String, Rewrite> =
        definition.relations.iter().map(|(name, userset)| (name, userset.into())).collect();
    let tuplesets: BTreeSet<String> = rewrites
        .values()
        .flat_map(Rewrite::leaves)
        .filter_map(|leaf| if let Rewrite::From { tupleset, .. } = leaf { Some(tupleset.clone()) } else { None })
        .collect();
    let allowed = |name: &String| -> Vec<Restriction> {
        let metadata = definition.metadata.as_ref().and_then(|metadata| metadata.relations.get(name));
        metadata
            .map(|metadata| metadata.directly_related_user_types.iter().map(Into::into).collect())
            .unwrap_or_default()
    };
    rewrites
        .into_iter()
        .map(|(name, rewrite)| {
            (name.clone(), Relation { rewrite, allowed: allowed(name), tupleset: tuplesets.contains(name) })
        })
        .collect()
}

fn conditions(source: &wire::Model) -> Result<BTreeMap<String, Condition>, ModelFault> {
    let mut conditions = BTreeMap::new();
    for (key, condition) in &source.conditions {
        if *key != condition.name {
            let message = format!("condition key '{key}' does not match condition name '{}'", condition.name);
            return Err(ModelFault::Rule(message));
        }
        let compiled = Condition::compile(condition).map_err(|fault| ModelFault::Condition(key.clone(), fault))?;
        conditions.insert(key.clone(), compiled);
    }
    Ok(conditions)
}
