//! `POST /stores/{store}/read`: stored tuples, in pages. Must not evaluate relations.

use axum::extract::State;
use serde::Deserialize;
use serde_json::json;

use super::page;
use super::question::Consistency;
use super::reply::Reply;
use super::request::{Body, Ids};
use super::tuple_key::{PlainTupleKey, json as tuple_json, time};
use crate::error::Error;
use crate::fga::Fga;
use crate::tuple::Tuple;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Request {
    tuple_key: Option<PlainTupleKey>,
    page_size: Option<i64>,
    #[serde(default)]
    continuation_token: String,
    #[serde(rename = "consistency", default)]
    _consistency: Consistency,
}

pub(super) async fn read(State(fga): State<Fga>, ids: Ids, Body(request): Body<Request>) -> Result<Reply, Error> {
    let (size, after) = (page::size(request.page_size)?, page::number(&request.continuation_token)?);
    if let Some(key) = &request.tuple_key {
        check_filter(key)?;
    }
    fga.with(&ids.store, |store| {
        let matching = store
            .records_after(after)
            .filter(|(_, record)| request.tuple_key.as_ref().is_none_or(|key| fits(key, &record.tuple)));
        let (records, more) = page::cut(matching, size);
        let token =
            records.last().filter(|_| more).map(|(number, _)| page::token(&number.to_string())).unwrap_or_default();
        let tuples: Vec<_> = records
            .iter()
            .map(|(_, record)| json!({ "key": tuple_json(&record.tuple), "timestamp": time(record.written) }))
            .collect();
        Ok(Reply::ok(json!({ "tuples": tuples, "continuation_token": token })))
    })
}

/// Validates a filter, which must name an object, or a type together with a user.
fn check_filter(key: &PlainTupleKey) -> Result<(), Error> {
    let (kind, id) = key.object.split_once(':').unwrap_or_default();
    if kind.is_empty() || (id.is_empty() && key.user.is_empty()) {
        let message = "the 'tuple_key' field was provided but the object type field is required and both the object id and user cannot be empty";
        return Err(Error::validation(message));
    }
    Ok(())
}

fn fits(key: &PlainTupleKey, tuple: &Tuple) -> bool {
    let object = tuple.object.to_string();
    let is_object = if key.object.ends_with(':') { object.starts_with(&key.object) } else { object == key.object };
    is_object
        && (key.relation.is_empty() || key.relation == tuple.relation)
        && (key.user.is_empty() || key.user == tuple.user.to_string())
}
