//! `POST /me/v1/connected-accounts/complete`: connects an account, once, with the browser's code and the client's
//! secrets. Must do so only for the person who started the connection.

use aws_lc_rs::digest::{SHA256, digest};
use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::header::CACHE_CONTROL;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::Value;

use super::bearer::{self, Bearer};
use super::body::Body;
use super::{Problem, Scope, written};
use crate::connect::Stage;
use crate::jwt;
use crate::provider::Provider;
use crate::settings::Settings;
use crate::store::Store;

const MEMBERS: [&str; 4] = ["auth_session", "connect_code", "redirect_uri", "code_verifier"];

/// The parameters sent by the client.
struct Brought<'a> {
    auth_session: &'a str,
    connect_code: &'a str,
    redirect_uri: &'a str,
    verifier: &'a str,
}

pub(super) async fn complete(State(provider): State<Provider>, headers: HeaderMap, body: Bytes) -> Response {
    bearer::answer(&provider, &headers, Scope::Create, |bearer| {
        let body = Body::read(&provider, &headers, &body, &MEMBERS)?;
        let brought = Brought {
            auth_session: body.text("auth_session", 1..=64)?,
            connect_code: body.text("connect_code", 1..=46)?,
            redirect_uri: body.text("redirect_uri", 1..=2048)?,
            verifier: body.text("code_verifier", 43..=128)?,
        };
        let (settings, now) = (provider.settings(), provider.now());
        let account = provider.store(|store| connected(settings, store, &bearer, &brought, now))?;
        Ok((StatusCode::CREATED, [(CACHE_CONTROL, "no-store")], Json(account)).into_response())
    })
}

fn connected(
    settings: &Settings,
    store: &mut Store,
    bearer: &Bearer,
    brought: &Brought<'_>,
    now: i64,
) -> Result<Value, Problem> {
    let unknown = || Problem::bad_request("auth_session is invalid or has expired.");
    let connecting = store.connecting.get_mut(brought.auth_session, now).ok_or_else(unknown)?;
    if connecting.sub != bearer.sub || connecting.client != bearer.client {
        return Err(unknown());
    }
    let account = match &connecting.stage {
        Stage::Done => return Err(Problem::conflict()),
        Stage::Allowed { code, account } if code == brought.connect_code => account.clone(),
        Stage::Allowed { .. } | Stage::Open | Stage::Failed => {
            return Err(Problem::bad_request("connect_code is not valid."));
        }
    };
    if connecting.redirect_uri != brought.redirect_uri {
        return Err(
            Problem::bad_request("redirect_uri differs from the one in the connect request.").blame("redirect_uri")
        );
    }
    // Not recorded as a protocol violation: a wrong verifier also occurs if an attacker injects a stolen code into an
    // honest client.
    if jwt::base64url(digest(&SHA256, brought.verifier.as_bytes())) != connecting.challenge {
        connecting.stage = Stage::Failed;
        return Err(Problem::bad_request("code_verifier does not match code_challenge."));
    }
    connecting.stage = Stage::Done;
    let connection = settings.connection(&connecting.connection).ok_or_else(unknown)?;
    Ok(written(store.accounts.connect(&bearer.sub, connection, &account, connecting.scopes.clone(), now)))
}
