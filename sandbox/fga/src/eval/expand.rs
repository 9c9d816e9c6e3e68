//! Expands one level of a relation into a tree in the service's JSON form. Must not expand the result further.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::Tuples;
use crate::model::{Model, Rewrite};
use crate::tuple::{Object, User};

/// Returns the tree of `object#relation`; `null` if the model does not define the relation. Conditions are ignored.
#[must_use]
pub fn expand(model: &Model, tuples: &Tuples, object: &Object, relation: &str) -> Value {
    let Some(definition) = model.relation(&object.kind, relation) else { return Value::Null };
    let root =
        Level { model, tuples, object, name: format!("{object}#{relation}"), relation }.node(&definition.rewrite);
    json!({ "root": root })
}

struct Level<'a> {
    model: &'a Model,
    tuples: &'a Tuples,
    object: &'a Object,
    name: String,
    relation: &'a str,
}

impl Level<'_> {
    fn node(&self, rewrite: &Rewrite) -> Value {
        let nodes =
            |operands: &[Rewrite]| -> Vec<Value> { operands.iter().map(|operand| self.node(operand)).collect() };
        let name = &self.name;
        match rewrite {
            Rewrite::This => json!({ "name": name, "leaf": { "users": { "users": self.users(self.relation) } } }),
            Rewrite::Computed(other) => {
                json!({ "name": name, "leaf": { "computed": { "userset": format!("{}#{other}", self.object) } } })
            }
            Rewrite::From { relation, tupleset } => {
                let computed: Vec<Value> = self
                    .users(tupleset)
                    .iter()
                    .map(|parent| json!({ "userset": format!("{parent}#{relation}") }))
                    .collect();
                let tupleset = format!("{}#{tupleset}", self.object);
                json!({ "name": name, "leaf": { "tupleToUserset": { "tupleset": tupleset, "computed": computed } } })
            }
            Rewrite::Union(operands) => json!({ "name": name, "union": { "nodes": nodes(operands) } }),
            Rewrite::Intersection(operands) => json!({ "name": name, "intersection": { "nodes": nodes(operands) } }),
            Rewrite::Difference(base, subtract) => {
                json!({ "name": name, "difference": { "base": self.node(base), "subtract": self.node(subtract) } })
            }
        }
    }

    fn users(&self, relation: &str) -> BTreeSet<String> {
        let admitted = self.tuples.of(self.object, relation).iter().filter(|tuple| self.model.admit(tuple).is_ok());
        admitted.map(|tuple| &tuple.user).map(User::to_string).collect()
    }
}
