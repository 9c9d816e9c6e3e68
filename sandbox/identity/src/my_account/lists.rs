//! Listing accounts and connections, and deleting accounts. Must never show another person's accounts.

use axum::Json;
use axum::extract::{Path, RawQuery, State};
use axum::http::header::CACHE_CONTROL;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use super::{Problem, Scope, bearer, written};
use crate::http::Params;
use crate::provider::Provider;

/// One of Auth0's own clients sends `next` instead of `from`.
const PAGING: [&str; 3] = ["from", "next", "take"];

pub(super) async fn accounts(
    State(provider): State<Provider>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    bearer::answer(&provider, &headers, Scope::Read, |bearer| {
        let params = params(&provider, query, &["connection"])?;
        let (connection, now) = (params.get("connection"), provider.now());
        let own: Vec<Value> = provider.store(|store| {
            let own = store.accounts.live(now).filter(|account| account.sub == bearer.sub);
            own.filter(|account| connection.is_none_or(|name| account.connection == name)).map(written).collect()
        });
        page("accounts", own, &params)
    })
}

pub(super) async fn connections(
    State(provider): State<Provider>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    bearer::answer(&provider, &headers, Scope::Read, |_| {
        let params = params(&provider, query, &[])?;
        let all = provider.settings().connections.iter();
        let all = all.map(|own| json!({"name": own.name, "strategy": own.strategy, "scopes": own.scopes}));
        page("connections", all.collect(), &params)
    })
}

/// Deletes an account. Succeeds as well if the account does not exist or belongs to another person.
pub(super) async fn delete(State(provider): State<Provider>, Path(id): Path<String>, headers: HeaderMap) -> Response {
    bearer::answer(&provider, &headers, Scope::Delete, |bearer| {
        let rest = id.strip_prefix("cac_").unwrap_or_default();
        if rest.is_empty() || !rest.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return Err(Problem::field("id", "path", "must match ^cac_[A-Za-z0-9]+$"));
        }
        provider.store(|store| store.accounts.remove(|account| account.id == id && account.sub == bearer.sub));
        Ok(StatusCode::NO_CONTENT.into_response())
    })
}

fn params(provider: &Provider, query: Option<String>, own: &[&str]) -> Result<Params, Problem> {
    let params = Params::form(query.unwrap_or_default().as_bytes());
    let params = params.map_err(|why| Problem::bad_request(&why.to_string()).blame(why.to_string()))?;
    for name in params.unknown(&[&PAGING[..], own].concat()) {
        provider.sin(format!("/me/v1/connected-accounts: unknown parameter {name}"));
    }
    Ok(params)
}

fn page(name: &str, all: Vec<Value>, params: &Params) -> Result<Response, Problem> {
    let take = params.get("take").map_or(Some(10), |take| take.parse().ok()).filter(|take| (1..=20).contains(take));
    let take: usize = take.ok_or_else(|| Problem::field("take", "query", "must be 1 to 20"))?;
    let start = params.get("from").or_else(|| params.get("next")).map_or(Some(0), cursor);
    let start = start.ok_or_else(|| Problem::field("from", "query", "is not a cursor of this list"))?;
    let more = all.len() > start.saturating_add(take);
    let items: Vec<Value> = all.into_iter().skip(start).take(take).collect();
    let mut body = json!({ name: items });
    if more {
        body["next"] = json!(URL_SAFE_NO_PAD.encode(format!("at:{}", start + take)));
    }
    Ok(([(CACHE_CONTROL, "no-store")], Json(body)).into_response())
}

fn cursor(text: &str) -> Option<usize> {
    String::from_utf8(URL_SAFE_NO_PAD.decode(text).ok()?).ok()?.strip_prefix("at:")?.parse().ok()
}
