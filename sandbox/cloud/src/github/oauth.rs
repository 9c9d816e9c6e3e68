//! The authorization endpoint, `GET` and `POST /login/oauth/authorize`. Must never redirect a browser to an
//! unregistered address.

pub(super) mod token;

use axum::Form;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;

use super::grants::Request;
use super::params::Params;
use super::{GitHub, page};

const KNOWN: [&str; 9] = [
    "client_id",
    "redirect_uri",
    "scope",
    "state",
    "code_challenge",
    "code_challenge_method",
    "login",
    "allow_signup",
    "prompt",
];

pub(super) async fn authorize(State(github): State<GitHub>, params: Params) -> Response {
    let app = &github.app;
    if params.get("client_id") != Some(app.client_id.as_str()) {
        github.sin("/login/oauth/authorize: unknown client_id");
        return page::message(StatusCode::NOT_FOUND, "There is no such application.");
    }
    for name in params.names().filter(|name| !KNOWN.contains(name)) {
        github.sin(format!("/login/oauth/authorize: unknown parameter {name}"));
    }
    let state = params.get("state").map(str::to_owned);
    let registered = app.callbacks.first().cloned().unwrap_or_default();
    let redirect_uri = params.get("redirect_uri").map_or(registered.clone(), str::to_owned);
    if !app.callbacks.contains(&redirect_uri) {
        github.sin("/login/oauth/authorize: redirect_uri is not registered");
        let text = "The redirect_uri MUST match the registered callback URL for this application.";
        return back(&registered, state.as_deref(), &[("error", "redirect_uri_mismatch"), ("error_description", text)]);
    }
    if state.is_none() {
        github.sin("/login/oauth/authorize: no state");
    }
    let challenge = params.get("code_challenge").map(str::to_owned);
    match (challenge.is_some(), params.get("code_challenge_method")) {
        (true, Some("S256")) => {}
        (false, _) => github.sin("/login/oauth/authorize: no code_challenge"),
        (true, _) => {
            github.sin("/login/oauth/authorize: code_challenge_method is not S256");
            let text = "Only the code_challenge_method S256 is supported.";
            return back(&redirect_uri, state.as_deref(), &[("error", "invalid_request"), ("error_description", text)]);
        }
    }
    let scopes = params.get("scope").unwrap_or_default();
    let scopes: Vec<String> = scopes.split([' ', ',']).filter(|scope| !scope.is_empty()).map(str::to_owned).collect();
    let request = Request { redirect_uri: redirect_uri.clone(), state, challenge, scopes: scopes.clone() };
    let id = github.lock().grants.wait(request);
    page::question(&github, &id, &scopes, &redirect_uri)
}

/// The form of the authorization page.
#[derive(Deserialize)]
pub(super) struct Answer {
    request: String,
    /// The chosen account; absent to cancel.
    account: Option<u64>,
}

pub(super) async fn answer(State(github): State<GitHub>, Form(answer): Form<Answer>) -> Response {
    let Some(request) = github.lock().grants.answered(&answer.request) else {
        return page::message(StatusCode::BAD_REQUEST, "This page has expired. Start again in the application.");
    };
    let (target, state) = (request.redirect_uri.clone(), request.state.clone());
    match answer.account.and_then(|id| github.account(id)) {
        Some(account) => {
            let code = github.lock().grants.allow(request, account.id, github.clock.seconds());
            back(&target, state.as_deref(), &[("code", &code)])
        }
        None => {
            let text = "The user has denied your application access.";
            back(&target, state.as_deref(), &[("error", "access_denied"), ("error_description", text)])
        }
    }
}

fn back(target: &str, state: Option<&str>, answer: &[(&str, &str)]) -> Response {
    let pairs = answer.iter().copied().chain(state.map(|state| ("state", state)));
    let query: Vec<_> =
        pairs.map(|(name, value)| format!("{name}={}", utf8_percent_encode(value, NON_ALPHANUMERIC))).collect();
    let mark = if target.contains('?') { '&' } else { '?' };
    match HeaderValue::from_str(&format!("{target}{mark}{}", query.join("&"))) {
        Ok(location) => (StatusCode::FOUND, [(header::LOCATION, location)]).into_response(),
        Err(_) => page::message(StatusCode::BAD_REQUEST, "The redirect_uri is not a valid address."),
    }
}
