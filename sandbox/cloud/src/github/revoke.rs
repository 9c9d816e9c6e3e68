//! Revocation and check of tokens by the application: `DELETE /applications/{client_id}/grant` and `/token`, and
//! `POST` to the latter, which only checks. The application authenticates by HTTP Basic.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

use super::GitHub;
use super::error::ApiError;

pub(super) async fn grant(
    State(github): State<GitHub>,
    Path(client_id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<StatusCode, ApiError> {
    let token = named(&github, &client_id, &headers, &body)?;
    github.lock().grants.revoke_grant(&token).map(|()| StatusCode::NO_CONTENT).ok_or_else(ApiError::not_found)
}

pub(super) async fn token(
    State(github): State<GitHub>,
    Path(client_id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<StatusCode, ApiError> {
    let token = named(&github, &client_id, &headers, &body)?;
    github.lock().grants.revoke_token(&token).map(|()| StatusCode::NO_CONTENT).ok_or_else(ApiError::not_found)
}

pub(super) async fn check(
    State(github): State<GitHub>,
    Path(client_id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Value>, ApiError> {
    let token = named(&github, &client_id, &headers, &body)?;
    let caller = github.lock().grants.caller(&token, github.clock.seconds()).ok_or_else(ApiError::not_found)?;
    let account = github.account(caller.account).ok_or_else(ApiError::not_found)?;
    Ok(Json(json!({"scopes": caller.scopes, "user": {"id": account.id, "login": account.login}})))
}

/// Authenticates the application and returns the access token in the body.
fn named(github: &GitHub, client_id: &str, headers: &HeaderMap, body: &[u8]) -> Result<String, ApiError> {
    let header = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let basic = header.and_then(|value| value.strip_prefix("Basic ")).and_then(|text| STANDARD.decode(text).ok());
    let expected = format!("{}:{}", github.app.client_id, github.app.client_secret);
    if basic.is_none_or(|sent| verify_slices_are_equal(&sent, expected.as_bytes()).is_err()) {
        return Err(ApiError::requires_authentication().sin("wrong client credentials"));
    }
    if client_id != github.app.client_id {
        return Err(ApiError::not_found().sin("another application's client_id"));
    }
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    body["access_token"].as_str().map(str::to_owned).ok_or_else(|| ApiError::validation("access_token"))
}
