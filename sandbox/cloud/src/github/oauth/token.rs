//! The token endpoint, `POST /login/oauth/access_token`, for authorization codes and refresh tokens.
//!
//! As at GitHub, an error has status 200, and without `Accept: application/json` every response is form-encoded.

use std::collections::BTreeMap;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::digest::{SHA256, digest};
use axum::Json;
use axum::body::Bytes;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, Uri, header};
use axum::response::{IntoResponse, Response};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use super::super::GitHub;
use super::super::grants::{ACCESS_S, Pair, REFRESH_S};

const KNOWN: [&str; 8] = [
    "client_id",
    "client_secret",
    "code",
    "redirect_uri",
    "code_verifier",
    "grant_type",
    "refresh_token",
    "repository_id",
];

/// An error response: `error` and `error_description`.
type Refusal = (&'static str, &'static str);

const BAD_CLIENT: Refusal =
    ("incorrect_client_credentials", "The client_id and/or client_secret passed are incorrect.");
const BAD_CODE: Refusal = ("bad_verification_code", "The code passed is incorrect or expired.");
const BAD_REFRESH: Refusal = ("bad_refresh_token", "The refresh token passed is incorrect or expired.");
const BAD_REDIRECT: Refusal =
    ("redirect_uri_mismatch", "The redirect_uri MUST match the registered callback URL for this application.");
const BAD_GRANT: Refusal = ("unsupported_grant_type", "The grant type is not supported by the application.");

pub(in super::super) async fn access_token(
    State(github): State<GitHub>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let params = read(&uri, &headers, &body);
    for name in params.keys().filter(|name| !KNOWN.contains(&name.as_str())) {
        github.sin(format!("/login/oauth/access_token: unknown parameter {name}"));
    }
    let answer = match tokens(&github, &params) {
        Ok(pair) => json!({
            "access_token": pair.access, "expires_in": ACCESS_S, "refresh_token": pair.refresh,
            "refresh_token_expires_in": REFRESH_S, "scope": pair.scopes.join(","), "token_type": "bearer",
        }),
        Err((error, description)) => {
            let uri = format!("https://docs.github.com/apps/troubleshooting/#{}", error.replace('_', "-"));
            json!({"error": error, "error_description": description, "error_uri": uri})
        }
    };
    written(&headers, &answer)
}

fn tokens(github: &GitHub, params: &BTreeMap<String, String>) -> Result<Pair, Refusal> {
    let get = |name: &str| params.get(name).map(String::as_str);
    let app = &github.app;
    let secret = get("client_secret").unwrap_or_default();
    let is_app = get("client_id") == Some(app.client_id.as_str())
        && verify_slices_are_equal(secret.as_bytes(), app.client_secret.as_bytes()).is_ok();
    if !is_app {
        github.sin("/login/oauth/access_token: wrong client credentials");
        return Err(BAD_CLIENT);
    }
    let now = github.clock.seconds();
    match get("grant_type") {
        Some("refresh_token") => {
            github.lock().grants.refresh(get("refresh_token").unwrap_or_default(), now).ok_or(BAD_REFRESH)
        }
        None | Some("authorization_code") => {
            let code = github.lock().grants.redeem(get("code").unwrap_or_default(), now).ok_or(BAD_CODE)?;
            if get("redirect_uri").is_some_and(|uri| uri != code.request.redirect_uri) {
                return Err(BAD_REDIRECT);
            }
            let hashed = get("code_verifier").map(|own| URL_SAFE_NO_PAD.encode(digest(&SHA256, own.as_bytes())));
            // A verifier without a challenge means that the code comes from another sign-in (RFC 9700 section 2.1.1).
            if code.request.challenge != hashed {
                return Err(BAD_CODE);
            }
            Ok(github.lock().grants.issue(code.account, code.request.scopes, now))
        }
        Some(_) => Err(BAD_GRANT),
    }
}

/// Reads parameters from the query and from a form or JSON body; the body takes precedence.
fn read(uri: &Uri, headers: &HeaderMap, body: &[u8]) -> BTreeMap<String, String> {
    let query = Query::<BTreeMap<String, String>>::try_from_uri(uri).map(|Query(query)| query);
    let mut params = query.unwrap_or_default();
    let content = text(headers, header::CONTENT_TYPE.as_str());
    if content.starts_with("application/json") {
        params.extend(serde_json::from_slice::<BTreeMap<String, String>>(body).unwrap_or_default());
    } else if content.starts_with("application/x-www-form-urlencoded") {
        let form = std::str::from_utf8(body).ok().and_then(|body| format!("/?{body}").parse::<Uri>().ok());
        let form = form.and_then(|form| Query::<BTreeMap<String, String>>::try_from_uri(&form).ok());
        params.extend(form.map(|Query(form)| form).unwrap_or_default());
    }
    params
}

fn written(headers: &HeaderMap, answer: &Value) -> Response {
    if text(headers, header::ACCEPT.as_str()).contains("application/json") {
        return Json(answer).into_response();
    }
    let pairs = answer.as_object().into_iter().flatten().map(|(name, value)| {
        let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        format!("{name}={}", utf8_percent_encode(&value, NON_ALPHANUMERIC))
    });
    let form = "application/x-www-form-urlencoded; charset=utf-8";
    ([(header::CONTENT_TYPE, form)], pairs.collect::<Vec<_>>().join("&")).into_response()
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}
