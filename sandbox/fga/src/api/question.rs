//! Common parts of all queries: model, contextual tuples and context. Must not depend on the query itself.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::request::invalid;
use super::tuple_key::TupleKey;
use crate::error::Error;
use crate::eval::{Tuples, World};
use crate::fga::Fga;
use crate::model::Model;
use crate::ulid::is_ulid;

/// Maximum number of contextual tuples per query.
const MAX_CONTEXTUAL: usize = 100;

/// The requested consistency. The sandbox has no caches, so every answer is consistent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(super) enum Consistency {
    #[default]
    Unspecified,
    MinimizeLatency,
    #[serde(rename = "HIGHER_CONSISTENCY")]
    Higher,
}

/// The data that a query is evaluated against, owned.
pub(super) struct Asked {
    pub(super) model: Arc<Model>,
    pub(super) tuples: Tuples,
    pub(super) context: Map<String, Value>,
}

impl Asked {
    /// Looks up the model and adds the contextual tuples to the stored ones, replacing equal ones.
    pub(super) fn of(
        fga: &Fga,
        store: &str,
        model: Option<&str>,
        contextual: &[TupleKey],
        context: Option<Map<String, Value>>,
    ) -> Result<Self, Error> {
        let id = model_id(fga, model)?;
        let (model, mut tuples) = fga.with(store, |store| Ok((store.model(id)?, store.tuples().clone())))?;
        if contextual.len() > MAX_CONTEXTUAL {
            let reason = format!("value must contain no more than {MAX_CONTEXTUAL} item(s)");
            return Err(invalid(fga, "ContextualTupleKeys.TupleKeys", &reason));
        }
        for key in contextual {
            tuples.insert(key.tuple(&model).map_err(|fault| Error::contextual(&fault))?);
        }
        Ok(Self { model, tuples, context: context.unwrap_or_default() })
    }

    pub(super) fn world(&self) -> World<'_> {
        World { model: &self.model, tuples: &self.tuples, context: &self.context }
    }
}

/// Validates the model id of a request; an empty one counts as absent.
pub(super) fn model_id<'a>(fga: &Fga, id: Option<&'a str>) -> Result<Option<&'a str>, Error> {
    match id.filter(|id| !id.is_empty()) {
        Some(id) if !is_ulid(id) => {
            let pattern = "value does not match regex pattern \"^[ABCDEFGHJKMNPQRSTVWXYZ0-9]{26}$\"";
            Err(invalid(fga, "AuthorizationModelId", pattern))
        }
        id => Ok(id),
    }
}

/// Counts a check to which the real service could give a stale answer.
pub(super) fn count_unpinned(fga: &Fga, model: Option<&str>, consistency: Consistency) {
    if model.is_none_or(str::is_empty) || consistency != Consistency::Higher {
        fga.count_unpinned();
    }
}
