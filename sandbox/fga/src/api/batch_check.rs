//! `POST /stores/{store}/batch-check`: many checks, each with its own result or error. A failed check must not fail the
//! batch.

use std::collections::BTreeMap;

use axum::extract::State;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::check;
use super::question::{Asked, Consistency, count_unpinned};
use super::reply::Reply;
use super::request::{Body, Ids, invalid};
use super::tuple_key::{PlainTupleKey, TupleKeys};
use crate::error::{Code, Error};
use crate::fga::Fga;

/// Maximum number of checks per batch.
const MAX_CHECKS: usize = 50;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Request {
    #[serde(default)]
    checks: Vec<Item>,
    authorization_model_id: Option<String>,
    #[serde(default)]
    consistency: Consistency,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Item {
    tuple_key: Option<PlainTupleKey>,
    contextual_tuples: Option<TupleKeys>,
    context: Option<Map<String, Value>>,
    #[serde(default)]
    correlation_id: String,
}

pub(super) async fn batch_check(
    State(fga): State<Fga>,
    ids: Ids,
    Body(request): Body<Request>,
) -> Result<Reply, Error> {
    let model = request.authorization_model_id.as_deref();
    check_ids(&fga, &request.checks)?;
    count_unpinned(&fga, model, request.consistency);
    let under = Asked::of(&fga, &ids.store, model, &[], None)?.model;
    let mut result = BTreeMap::new();
    for item in request.checks {
        let answer = match answer(&fga, &ids.store, under.id(), &item) {
            Ok(allowed) => json!({ "allowed": allowed }),
            Err(error) => json!({ "allowed": false, "error": item_error(&error) }),
        };
        result.insert(item.correlation_id, answer);
    }
    Ok(Reply::ok(json!({ "result": result })).under(under.id()))
}

fn answer(fga: &Fga, store: &str, model: &str, item: &Item) -> Result<bool, Error> {
    let key = item.tuple_key.as_ref().ok_or_else(|| invalid(fga, "BatchCheckItem.TupleKey", "value is required"))?;
    let contextual = item.contextual_tuples.clone().unwrap_or_default();
    let asked = Asked::of(fga, store, Some(model), &contextual.tuple_keys, item.context.clone())?;
    check::answer(fga, &asked, key)
}

fn check_ids(fga: &Fga, checks: &[Item]) -> Result<(), Error> {
    let refuse = |message: String| {
        fga.sin(message.clone());
        Err(Error::validation(message))
    };
    if checks.is_empty() {
        return refuse("invalid BatchCheckRequest.Checks: value must contain at least 1 item(s)".to_owned());
    }
    if checks.len() > MAX_CHECKS {
        return refuse(format!("batchCheck received {} checks, the maximum allowed is {MAX_CHECKS}", checks.len()));
    }
    for (place, item) in checks.iter().enumerate() {
        let id = &item.correlation_id;
        if id.is_empty() || id.len() > 36 || !id.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-') {
            let pattern = "value does not match regex pattern \"^[\\\\w\\\\d-]{1,36}$\"";
            return refuse(format!("invalid BatchCheckItem.CorrelationId: {pattern}"));
        }
        if checks[..place].iter().any(|other| other.correlation_id == *id) {
            return refuse(format!("received duplicate correlation id: {id}"));
        }
    }
    Ok(())
}

fn item_error(error: &Error) -> Value {
    let kind = if error.code.status() == Code::ValidationError.status() { "input_error" } else { "internal_error" };
    json!({ kind: error.code.parts().0, "message": error.message })
}
