//! `/stores/{store}/assertions/{model}`: stores assertions and never evaluates them.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::reply::Reply;
use super::request::{Body, Ids, invalid};
use crate::error::Error;
use crate::fga::Fga;

/// Maximum number of assertions per model.
const MAX_ASSERTIONS: usize = 100;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Request {
    assertions: Vec<Assertion>,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Assertion {
    tuple_key: Key,
    expectation: bool,
    #[serde(default)]
    contextual_tuples: Vec<Value>,
    context: Option<Map<String, Value>>,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Key {
    object: String,
    relation: String,
    user: String,
}

pub(super) async fn write(State(fga): State<Fga>, ids: Ids, Body(request): Body<Request>) -> Result<Reply, Error> {
    if request.assertions.len() > MAX_ASSERTIONS {
        let reason = format!("value must contain no more than {MAX_ASSERTIONS} item(s)");
        return Err(invalid(&fga, "WriteAssertionsRequest.Assertions", &reason));
    }
    fga.with(&ids.store, |store| {
        let model = store.model(Some(&ids.model))?;
        for Assertion { tuple_key: key, .. } in &request.assertions {
            model.read(&key.user, &key.relation, &key.object).map_err(Error::validation)?;
        }
        store.assertions.insert(ids.model.clone(), json!(request.assertions));
        Ok(Reply::no_content().under(&ids.model))
    })
}

pub(super) async fn read(State(fga): State<Fga>, ids: Ids) -> Result<Reply, Error> {
    fga.with(&ids.store, |store| {
        store.model(Some(&ids.model))?;
        let assertions = store.assertions.get(&ids.model).cloned().unwrap_or_else(|| json!([]));
        Ok(Reply::ok(json!({ "authorization_model_id": ids.model, "assertions": assertions })).under(&ids.model))
    })
}
