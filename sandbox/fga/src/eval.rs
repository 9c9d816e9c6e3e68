//! The evaluator: pure functions over a model, tuples and a context. Must not depend on stores, requests or clocks.

mod check;
mod expand;
mod list_objects;
mod list_users;
mod tuples;

use serde_json::{Map, Value};

pub use check::check;
pub use expand::expand;
pub use list_objects::list_objects;
pub use list_users::{UserFilter, list_users};
pub use tuples::Tuples;

use crate::model::Model;
use crate::tuple::{Object, Tuple};

/// Maximum number of tuples followed in sequence.
const MAX_DEPTH: usize = 25;

/// The data that a query is evaluated against.
#[derive(Debug, Clone, Copy)]
pub struct World<'a> {
    /// The authorization model.
    pub model: &'a Model,
    /// Stored and contextual tuples.
    pub tuples: &'a Tuples,
    /// Values for the parameters of conditions.
    pub context: &'a Map<String, Value>,
}

/// An error in the evaluation of a query.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// The evaluation exceeds the maximum depth.
    #[error(
        "Authorization Model resolution required too many rewrite rules to be resolved. Check your authorization model for infinite recursion or too much nesting"
    )]
    TooComplex,
    /// A condition could not be evaluated.
    #[error("failed to evaluate relationship condition: '{name}' - {reason}")]
    Condition {
        /// Name of the condition.
        name: String,
        /// Reason for the failure.
        reason: String,
    },
}

impl<'a> World<'a> {
    /// Returns the tuples of `object#relation` that the model allows and whose conditions hold. A condition that cannot
    /// be evaluated yields an error instead of the tuple; tuples that only earlier models allowed are skipped.
    fn live(self, object: &Object, relation: &str) -> impl Iterator<Item = Result<&'a Tuple, Fault>> {
        self.tuples.of(object, relation).iter().filter_map(move |tuple| {
            if self.model.admit(tuple).is_err() {
                return None;
            }
            match self.holds(tuple) {
                Ok(true) => Some(Ok(tuple)),
                Ok(false) => None,
                Err(fault) => Some(Err(fault)),
            }
        })
    }

    fn holds(self, tuple: &Tuple) -> Result<bool, Fault> {
        let Some(named) = &tuple.condition else { return Ok(true) };
        let Some(condition) = self.model.condition(&named.name) else { return Ok(false) };
        condition.holds(self.context, &named.context).map_err(|fault| {
            let reason = match fault {
                crate::model::ConditionFault::Missing(_) => format!("tuple '{tuple}' {fault}"),
                other => other.to_string(),
            };
            Fault::Condition { name: named.name.clone(), reason }
        })
    }
}
