//! `POST /me/v1/connected-accounts/connect`: starts connecting an account. Must never complete the connection.

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::header::CACHE_CONTROL;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::bearer::{self, Bearer};
use super::body::Body;
use super::{Problem, Scope};
use crate::connect::{self, Asked};
use crate::provider::Provider;
use crate::scopes::Scopes;

const MEMBERS: [&str; 7] = [
    "connection",
    "redirect_uri",
    "state",
    "code_challenge",
    "code_challenge_method",
    "scopes",
    "authorization_params",
];
const AUTHORIZATION_PARAMS: [&str; 9] =
    ["acr_values", "audience", "resource", "display", "id_token_hint", "login_hint", "max_age", "prompt", "ui_locales"];

pub(super) async fn connect(State(provider): State<Provider>, headers: HeaderMap, body: Bytes) -> Response {
    bearer::answer(&provider, &headers, Scope::Create, |bearer| {
        let body = Body::read(&provider, &headers, &body, &MEMBERS)?;
        let asked = read(&provider, bearer, &body)?;
        let now = provider.now();
        let (auth_session, ticket) = provider.store(|store| connect::begin(store, asked, now));
        let answer = json!({
            "auth_session": auth_session,
            "connect_uri": provider.settings().url(connect::PATH),
            "connect_params": {"ticket": ticket},
            "expires_in": connect::LIFETIME_S,
        });
        Ok((StatusCode::CREATED, [(CACHE_CONTROL, "no-store")], Json(answer)).into_response())
    })
}

fn read(provider: &Provider, bearer: Bearer, body: &Body) -> Result<Asked, Problem> {
    let wrong = |field: &str, detail: &str| Problem::field(field, "body", detail);
    let settings = provider.settings();
    let connection = body.text("connection", 1..=128)?;
    // Errors that depend on configuration alone are not protocol violations by the client.
    let connection = settings
        .connection(connection)
        .ok_or_else(|| Problem::bad_request("There is no such connection for connected accounts."))?;
    let redirect_uri = body.text("redirect_uri", 1..=2048)?;
    let client = settings.client(&bearer.client);
    if !client.is_some_and(|client| client.callbacks.iter().any(|callback| callback == redirect_uri)) {
        return Err(wrong("redirect_uri", "is not in the allowed callback URLs"));
    }
    let state = if body.has("state") { Some(body.text("state", 1..=4096)?) } else { None };
    if state.is_none() {
        provider.sin("/me/v1/connected-accounts/connect: no state");
    }
    let challenge = body.text("code_challenge", 43..=128)?;
    if body.text("code_challenge_method", 1..=5)? != "S256" {
        return Err(wrong("code_challenge_method", "must be S256"));
    }
    let unknown = body.unknown_in("authorization_params", &AUTHORIZATION_PARAMS)?;
    if let Some(name) = unknown.first() {
        return Err(wrong("authorization_params", &format!("{name} is not allowed")));
    }
    // Without `scopes`, all of the connection's scopes are requested. An empty list is rejected.
    let scopes: Scopes = match body.has("scopes") {
        true => body.texts("scopes")?.into_iter().collect(),
        false => connection.scopes.iter().map(String::as_str).collect(),
    };
    notice_reuse(provider, state, challenge);
    Ok(Asked {
        sub: bearer.sub,
        client: bearer.client,
        connection: connection.name.clone(),
        redirect_uri: redirect_uri.to_owned(),
        state: state.map(str::to_owned),
        challenge: challenge.to_owned(),
        scopes,
    })
}

/// Records reuse as a protocol violation; the response is a success.
fn notice_reuse(provider: &Provider, state: Option<&str>, challenge: &str) {
    let values = [("connect state", state.unwrap_or_default()), ("connect challenge", challenge)];
    let sent: Vec<_> = values.into_iter().filter(|(_, value)| !value.is_empty()).collect();
    for name in provider.store(|store| store.freshness.reused(&sent)) {
        provider.sin(format!("/me/v1/connected-accounts/connect: the {name} of an earlier request"));
    }
}
