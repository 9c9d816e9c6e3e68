//! `GET /oauth2/v1/userinfo`: claims about the person of an access token, by its scopes.

use axum::Json;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::Okta;
use super::authorize::authenticate;

/// Requires the scope `openid`, as Okta does.
pub(super) async fn userinfo(State(okta): State<Okta>, request: Request) -> Response {
    let caller = match authenticate(&okta, &request) {
        Ok(caller) => caller,
        Err(error) => return error.into_response(),
    };
    let has = |scope: &str| caller.scopes.iter().any(|own| own == scope);
    let state = okta.lock();
    let user = state.directory.by_subject(&caller.subject).filter(|_| has("openid"));
    let Some(user) = user else { return StatusCode::FORBIDDEN.into_response() };
    let mut claims = json!({ "sub": user.id });
    if has("profile") {
        claims["name"] = json!(format!("{} {}", user.first_name, user.last_name));
        claims["preferred_username"] = json!(user.login);
    }
    if has("email") {
        claims["email"] = json!(user.email);
        claims["email_verified"] = json!(true);
    }
    Json(claims).into_response()
}
