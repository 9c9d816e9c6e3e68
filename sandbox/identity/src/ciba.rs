//! `/bc-authorize`: requests a person's approval on their phone (CIBA in poll mode, as Auth0 implements it).
//! Must not depend on how a push is displayed.

mod details;
mod hint;
pub(crate) mod push;
pub(crate) mod pushes;
mod refusal;
mod request;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::{CACHE_CONTROL, PRAGMA};
use axum::response::{IntoResponse, Response};
use sandbox_kit::canary;
use serde_json::{Map, Value, json};

use crate::adversary::{Garbage, RefusalOrder};
use crate::http::Params;
use crate::provider::Provider;
use crate::settings::Grant;
use crate::token::client_auth;
use crate::token::error::TokenError;
use crate::trace::Endpoint;

pub(crate) use request::Request;

pub(crate) async fn start(State(provider): State<Provider>, headers: HeaderMap, body: Bytes) -> Response {
    provider.saw(Endpoint::BackchannelAuthorize);
    begin(&provider, &headers, &body).unwrap_or_else(|refusal| {
        if let Some(sin) = refusal.sin() {
            provider.sin(format!("/bc-authorize: {sin}"));
        }
        refusal.into_response()
    })
}

fn begin(provider: &Provider, headers: &HeaderMap, body: &[u8]) -> Result<Response, TokenError> {
    let params =
        Params::form_alone(headers, body).map_err(|unreadable| TokenError::invalid_request(unreadable.to_string()))?;
    let client = client_auth::authenticate(provider, headers, &params)?;
    if !client.grants.contains(&Grant::Ciba) {
        return Err(TokenError::grant_not_allowed(Grant::Ciba.wire()));
    }
    let request = request::read(provider, &client, &params)?;
    let now = provider.now();
    obey(provider, now)?;
    let expires_in = request.expires_in_s;
    let interval = provider.settings().ciba.interval_s;
    let auth_req_id = canary::secret("ciba");
    provider
        .store(|store| store.pushes.open(auth_req_id.clone(), request, interval, provider.now_ms()))
        .map_err(|full| TokenError::too_many_requests(now + full.retry_after_s).retry_after(full.retry_after_s))?;
    let mut members = Map::new();
    members.insert("auth_req_id".to_owned(), json!(auth_req_id));
    members.insert("expires_in".to_owned(), json!(expires_in));
    members.insert("interval".to_owned(), json!(interval));
    match provider.backchannel_adversary().alter_members(&mut members) {
        Ok(()) => {
            Ok(([(CACHE_CONTROL, "no-store"), (PRAGMA, "no-cache")], Json(Value::Object(members))).into_response())
        }
        Err(Garbage) => Ok("<!doctype html><p>Bad gateway".into_response()),
    }
}

/// Refuses a valid request if the adversary says so.
fn obey(provider: &Provider, now: i64) -> Result<(), TokenError> {
    let settings = provider.settings().ciba;
    let wait_s = 2 * settings.interval_s;
    match provider.backchannel_adversary().refusal() {
        None => Ok(()),
        Some(RefusalOrder::ServerError) => Err(TokenError::server_error()),
        Some(RefusalOrder::Throttle) => Err(TokenError::too_many_requests(now + wait_s).retry_after(wait_s)),
        Some(RefusalOrder::SlowDown) => Err(TokenError::slow_down(settings.poll_statuses, wait_s)),
        Some(RefusalOrder::Refuse(error)) => Err(TokenError::ordered(settings.poll_statuses, error)),
    }
}
