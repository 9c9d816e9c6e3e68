//! The JSON form of tuples. Must not depend on their use.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::page::or_default;
use super::request::{invalid, is_name, is_token};
use crate::error::Error;
use crate::fga::Fga;
use crate::model::{Model, TupleFault};
use crate::tuple::{Tuple, TupleCondition};

/// A tuple in a request.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TupleKey {
    #[serde(default)]
    pub(super) user: String,
    #[serde(default)]
    pub(super) relation: String,
    #[serde(default)]
    pub(super) object: String,
    #[serde(default)]
    condition: Option<Condition>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Condition {
    name: String,
    #[serde(default, deserialize_with = "or_default")]
    context: Map<String, Value>,
}

/// The user, relation and object of a query: a tuple without a condition.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PlainTupleKey {
    #[serde(default)]
    pub(super) user: String,
    #[serde(default)]
    pub(super) relation: String,
    #[serde(default)]
    pub(super) object: String,
}

/// The JSON object `{"tuple_keys": […]}`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TupleKeys {
    #[serde(default)]
    pub(super) tuple_keys: Vec<TupleKey>,
}

impl TupleKey {
    /// Converts to a tuple, if the model allows it.
    pub(super) fn tuple(&self, model: &Model) -> Result<Tuple, TupleFault> {
        let shown = format!("{}#{}@{}", self.object, self.relation, self.user);
        let mut tuple = model
            .read(&self.user, &self.relation, &self.object)
            .map_err(|reason| TupleFault::Tuple { tuple: shown, reason })?;
        tuple.condition = self
            .condition
            .as_ref()
            .map(|condition| TupleCondition { name: condition.name.clone(), context: condition.context.clone() });
        model.admit(&tuple)?;
        Ok(tuple)
    }
}

impl PlainTupleKey {
    /// Checks that the parts match the patterns of the service's request schema.
    pub(super) fn check(&self, fga: &Fga, message: &str) -> Result<(), Error> {
        let broken = |field: &str, pattern: &str| {
            Err(invalid(
                fga,
                &format!("{message}.{field}"),
                &format!("value does not match regex pattern \"{pattern}\""),
            ))
        };
        if !is_token(&self.user, 2, 512) {
            return broken("User", "^[^\\\\s]{2,512}$");
        }
        if !is_name(&self.relation, 50) {
            return broken("Relation", "^[^:#@\\\\s]{1,50}$");
        }
        if !is_token(&self.object, 2, 256) {
            return broken("Object", "^[^\\\\s]{2,256}$");
        }
        Ok(())
    }
}

/// Returns a tuple in the service's JSON form.
pub(super) fn json(tuple: &Tuple) -> Value {
    let condition =
        tuple.condition.as_ref().map(|condition| json!({ "name": condition.name, "context": condition.context }));
    json!({
        "user": tuple.user.to_string(),
        "relation": tuple.relation,
        "object": tuple.object.to_string(),
        "condition": condition,
    })
}

/// Formats milliseconds since 1970 as the service does.
pub(super) fn time(millis: i64) -> String {
    jiff::Timestamp::from_millisecond(millis).unwrap_or_default().to_string()
}
