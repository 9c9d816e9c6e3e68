//! `POST /stores/{store}/write`. Must write all of a request or nothing.

use axum::extract::State;
use serde::Deserialize;
use serde_json::json;

use super::question::model_id;
use super::reply::Reply;
use super::request::{Body, Ids};
use super::tuple_key::{PlainTupleKey, TupleKey};
use crate::error::Error;
use crate::fga::Fga;
use crate::store::{OnDuplicate, OnMissing, Write};
use crate::tuple::{Tuple, User};

/// Maximum size of a tuple's stored context, in bytes of JSON.
const MAX_CONTEXT: usize = 32 * 1024;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Request {
    writes: Option<Writes>,
    deletes: Option<Deletes>,
    authorization_model_id: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Writes {
    #[serde(default)]
    tuple_keys: Vec<TupleKey>,
    #[serde(default)]
    on_duplicate: OnDuplicate,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Deletes {
    #[serde(default)]
    tuple_keys: Vec<PlainTupleKey>,
    #[serde(default)]
    on_missing: OnMissing,
}

pub(super) async fn write(State(fga): State<Fga>, ids: Ids, Body(request): Body<Request>) -> Result<Reply, Error> {
    let id = model_id(&fga, request.authorization_model_id.as_deref())?;
    let (writes, deletes) = (request.writes.unwrap_or_default(), request.deletes.unwrap_or_default());
    let now = fga.clock().millis();
    let model = fga.with(&ids.store, |store| {
        let model = store.model(id)?;
        let admitted =
            writes.tuple_keys.iter().map(|key| key.tuple(&model).map_err(|fault| Error::validation(fault.to_string())));
        let admitted = admitted.collect::<Result<Vec<Tuple>, Error>>()?;
        if let Some(large) = admitted.iter().find(|tuple| context_size(tuple) > MAX_CONTEXT) {
            let reason = format!(
                "condition context size limit exceeded: {} bytes exceeds {MAX_CONTEXT} bytes",
                context_size(large)
            );
            return Err(Error::validation(format!("Invalid tuple '{large}'. Reason: {reason}")));
        }
        let request = Write {
            writes: admitted,
            deletes: deletes.tuple_keys.iter().map(deletable).collect::<Result<_, _>>()?,
            on_duplicate: writes.on_duplicate,
            on_missing: deletes.on_missing,
        };
        store.write(request, now)?;
        Ok(model)
    })?;
    Ok(Reply::ok(json!({})).under(model.id()))
}

/// Converts a tuple to delete. It must be well-formed but need not fit the model, so that stale tuples can be deleted.
fn deletable(key: &PlainTupleKey) -> Result<Tuple, Error> {
    Tuple::parse(&key.user, &key.relation, &key.object).ok_or_else(|| {
        let field = if User::parse(&key.user).is_none() { "user" } else { "object" };
        let shown = format!("{}#{}@{}", key.object, key.relation, key.user);
        Error::validation(format!("Invalid tuple '{shown}'. Reason: the '{field}' field is malformed"))
    })
}

fn context_size(tuple: &Tuple) -> usize {
    tuple
        .condition
        .as_ref()
        .and_then(|condition| serde_json::to_vec(&condition.context).ok())
        .map_or(0, |bytes| bytes.len())
}
