//! `GET /stores/{store}/changes`: the log of writes and deletes, in pages. Must never drop an entry.

use axum::extract::State;
use serde::Deserialize;
use serde_json::json;

use super::page;
use super::reply::Reply;
use super::request::{Ids, Params};
use super::tuple_key::{json as tuple_json, time};
use crate::error::{Code, Error};
use crate::fga::Fga;
use crate::store::Operation;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Request {
    #[serde(rename = "type", default)]
    kind: String,
    page_size: Option<i64>,
    #[serde(default)]
    continuation_token: String,
    start_time: Option<String>,
}

pub(super) async fn list(State(fga): State<Fga>, ids: Ids, Params(request): Params<Request>) -> Result<Reply, Error> {
    let size = page::size(request.page_size)?;
    let after = position(&request)?;
    let start = match &request.start_time {
        None => i64::MIN,
        Some(text) => text
            .parse::<jiff::Timestamp>()
            .map_err(|error| Error::validation(format!("invalid start_time: {error}")))?
            .as_millisecond(),
    };
    fga.with(&ids.store, |store| {
        let entries = store.changes.iter().enumerate().skip(after.unwrap_or(0));
        let wanted = entries
            .filter(|(_, change)| request.kind.is_empty() || change.tuple.object.kind == request.kind)
            .filter(|(_, change)| after.is_some() || change.at >= start);
        let (page, _) = page::cut(wanted, size);
        // The last page has a token as well, with which a client later requests newer changes.
        let token = match page.last() {
            Some((place, _)) => page::token(&format!("{}|{}", place + 1, request.kind)),
            None => request.continuation_token.clone(),
        };
        let changes: Vec<_> = page
            .iter()
            .map(|(_, change)| {
                let operation = match change.operation {
                    Operation::Write => "TUPLE_OPERATION_WRITE",
                    Operation::Delete => "TUPLE_OPERATION_DELETE",
                };
                json!({ "tuple_key": tuple_json(&change.tuple), "operation": operation, "timestamp": time(change.at) })
            })
            .collect();
        Ok(Reply::ok(json!({ "changes": changes, "continuation_token": token })))
    })
}

/// Returns the number of log entries before the token's position; `None` without a token.
fn position(request: &Request) -> Result<Option<usize>, Error> {
    let Some(text) = page::open(&request.continuation_token)? else { return Ok(None) };
    let (place, kind) = text.split_once('|').ok_or_else(page::invalid)?;
    if kind != request.kind {
        return Err(Error::new(
            Code::TypeTokenMismatch,
            "The type in the querystring and the continuation token don't match",
        ));
    }
    place.parse().map(Some).map_err(|_| page::invalid())
}
