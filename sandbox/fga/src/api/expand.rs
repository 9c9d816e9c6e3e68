//! `POST /stores/{store}/expand`. Must not expand more than one level.

use axum::extract::State;
use serde::Deserialize;
use serde_json::json;

use super::question::{Asked, Consistency};
use super::reply::Reply;
use super::request::{Body, Ids};
use super::tuple_key::TupleKeys;
use crate::error::{Code, Error};
use crate::eval;
use crate::fga::Fga;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Request {
    #[serde(default)]
    tuple_key: Key,
    contextual_tuples: Option<TupleKeys>,
    authorization_model_id: Option<String>,
    #[serde(rename = "consistency", default)]
    _consistency: Consistency,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Key {
    #[serde(default)]
    relation: String,
    #[serde(default)]
    object: String,
}

pub(super) async fn expand(State(fga): State<Fga>, ids: Ids, Body(request): Body<Request>) -> Result<Reply, Error> {
    let Key { relation, object } = request.tuple_key;
    if relation.is_empty() || object.is_empty() {
        return Err(Error::new(
            Code::InvalidExpandInput,
            "Invalid input. Make sure you provide an object and a relation",
        ));
    }
    let contextual = request.contextual_tuples.unwrap_or_default();
    let asked = Asked::of(&fga, &ids.store, request.authorization_model_id.as_deref(), &contextual.tuple_keys, None)?;
    let object = asked.model.read_object(&object).map_err(Error::validation)?;
    if !asked.model.has_relation(&object.kind, &relation) {
        return Err(Error::validation(format!("relation '{}#{relation}' not found", object.kind)));
    }
    let tree = eval::expand(&asked.model, &asked.tuples, &object, &relation);
    Ok(Reply::ok(json!({ "tree": tree })).under(asked.model.id()))
}
