//! `POST /stores/{store}/list-objects`, plain and streamed. Must not guarantee an order.

use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::question::{Asked, Consistency};
use super::reply::Reply;
use super::request::{Body, Ids, invalid, is_name, is_token};
use super::tuple_key::TupleKeys;
use crate::error::{Code, Error};
use crate::eval;
use crate::fga::Fga;

/// Maximum number of objects in a response. Further ones are omitted silently.
const MAX_OBJECTS: usize = 1000;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Request {
    #[serde(rename = "type", default)]
    kind: String,
    #[serde(default)]
    relation: String,
    #[serde(default)]
    user: String,
    contextual_tuples: Option<TupleKeys>,
    context: Option<Map<String, Value>>,
    authorization_model_id: Option<String>,
    #[serde(rename = "consistency", default)]
    _consistency: Consistency,
}

pub(super) async fn list(State(fga): State<Fga>, ids: Ids, Body(request): Body<Request>) -> Result<Reply, Error> {
    let (objects, model) = answer(&fga, &ids.store, request)?;
    Ok(Reply::ok(json!({ "objects": objects })).under(&model))
}

pub(super) async fn stream(State(fga): State<Fga>, ids: Ids, Body(request): Body<Request>) -> Result<Response, Error> {
    let (objects, model) = answer(&fga, &ids.store, request)?;
    let lines: String =
        objects.iter().map(|object| json!({ "result": { "object": object } }).to_string() + "\n").collect();
    let headers = [(CONTENT_TYPE.as_str(), "application/json".to_owned()), ("openfga-authorization-model-id", model)];
    Ok((headers, lines).into_response())
}

fn answer(fga: &Fga, store: &str, request: Request) -> Result<(Vec<String>, String), Error> {
    let broken = |field: &str| invalid(fga, &format!("ListObjectsRequest.{field}"), "value does not match its pattern");
    if !is_name(&request.kind, 254) {
        return Err(broken("Type"));
    }
    if !is_name(&request.relation, 50) {
        return Err(broken("Relation"));
    }
    if !(1..=512).contains(&request.user.len()) {
        return Err(broken("User"));
    }
    let contextual = request.contextual_tuples.unwrap_or_default();
    let asked =
        Asked::of(fga, store, request.authorization_model_id.as_deref(), &contextual.tuple_keys, request.context)?;
    known(&asked, &request.kind, &request.relation)?;
    let user = if is_token(&request.user, 1, 512) {
        asked.model.read_user(&request.user)
    } else {
        Err("the 'user' field is malformed".to_owned())
    };
    let user = user.map_err(|reason| Error::validation(format!("invalid 'user' value: {reason}")))?;
    let objects = eval::list_objects(asked.world(), &user, &request.relation, &request.kind)?;
    Ok((objects.iter().take(MAX_OBJECTS).map(ToString::to_string).collect(), asked.model.id().to_owned()))
}

/// Checks that the model defines the type and its relation.
pub(super) fn known(asked: &Asked, kind: &str, relation: &str) -> Result<(), Error> {
    if !asked.model.has_type(kind) {
        return Err(Error::new(Code::TypeNotFound, format!("type '{kind}' not found")));
    }
    if !asked.model.has_relation(kind, relation) {
        return Err(Error::new(Code::RelationNotFound, format!("relation '{kind}#{relation}' not found")));
    }
    Ok(())
}
