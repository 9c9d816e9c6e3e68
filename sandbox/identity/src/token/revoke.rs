//! `/oauth/revoke`: revokes a refresh token and its family. Must never reveal whether the token existed.

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};

use crate::http::Params;
use crate::provider::Provider;
use crate::token::client_auth;
use crate::token::error::TokenError;
use crate::trace::Endpoint;

const PARAMETERS: [&str; 4] = ["client_id", "client_secret", "token", "token_type_hint"];

pub(crate) async fn revoke(State(provider): State<Provider>, headers: HeaderMap, body: Bytes) -> Response {
    provider.saw(Endpoint::Revoke);
    match answer(&provider, &headers, &body) {
        Ok(()) => StatusCode::OK.into_response(),
        Err(refusal) => {
            if let Some(sin) = refusal.sin() {
                provider.sin(format!("/oauth/revoke: {sin}"));
            }
            refusal.into_response()
        }
    }
}

fn answer(provider: &Provider, headers: &HeaderMap, body: &[u8]) -> Result<(), TokenError> {
    let params =
        Params::body(headers, body).map_err(|unreadable| TokenError::invalid_request(unreadable.to_string()))?;
    let client = client_auth::authenticate(provider, headers, &params)?;
    for name in params.unknown(&PARAMETERS) {
        provider.sin(format!("/oauth/revoke: unknown parameter {name}"));
    }
    let token = params.get("token").ok_or_else(|| TokenError::missing("token"))?;
    provider.store(|store| store.families.revoke(token, &client.id));
    Ok(())
}
