//! `POST /stores/{store}/check`: a single check.

use axum::extract::State;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::question::{Asked, Consistency, count_unpinned};
use super::reply::Reply;
use super::request::{Body, Ids, invalid};
use super::tuple_key::{PlainTupleKey, TupleKeys};
use crate::error::Error;
use crate::eval;
use crate::fga::Fga;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Request {
    tuple_key: Option<PlainTupleKey>,
    contextual_tuples: Option<TupleKeys>,
    context: Option<Map<String, Value>>,
    authorization_model_id: Option<String>,
    #[serde(default)]
    consistency: Consistency,
    /// Deprecated request for an explanation, which the service ignores.
    #[serde(rename = "trace")]
    _trace: Option<bool>,
}

pub(super) async fn check(State(fga): State<Fga>, ids: Ids, Body(request): Body<Request>) -> Result<Reply, Error> {
    let model = request.authorization_model_id.as_deref();
    let key = request.tuple_key.ok_or_else(|| invalid(&fga, "CheckRequest.TupleKey", "value is required"))?;
    count_unpinned(&fga, model, request.consistency);
    let asked =
        Asked::of(&fga, &ids.store, model, &request.contextual_tuples.unwrap_or_default().tuple_keys, request.context)?;
    let allowed = answer(&fga, &asked, &key)?;
    Ok(Reply::ok(json!({ "allowed": allowed, "resolution": "" })).under(asked.model.id()))
}

/// Validates the query as the service does and evaluates it.
pub(super) fn answer(fga: &Fga, asked: &Asked, key: &PlainTupleKey) -> Result<bool, Error> {
    key.check(fga, "CheckRequestTupleKey")?;
    let tuple = asked
        .model
        .read(&key.user, &key.relation, &key.object)
        .map_err(|reason| Error::validation(format!("invalid relation: {reason}")))?;
    Ok(eval::check(asked.world(), &tuple.user, &tuple.relation, &tuple.object)?)
}
