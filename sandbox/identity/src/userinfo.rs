//! `/userinfo`: claims about the subject of an access token. Must accept only tokens issued by this provider.

use axum::Json;
use axum::extract::{RawQuery, State};
use axum::http::header::{CACHE_CONTROL, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::provider::Provider;
use crate::trace::Endpoint;
use crate::{claims, http};

pub(crate) async fn userinfo(
    State(provider): State<Provider>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    provider.saw(Endpoint::UserInfo);
    if query.is_some() {
        provider.sin("/userinfo: parameters in the query");
    }
    let Some(token) = http::authorization(&headers, "Bearer") else {
        provider.sin("/userinfo: no bearer token in the Authorization header");
        return (StatusCode::UNAUTHORIZED, [(WWW_AUTHENTICATE, "Bearer")], "Unauthorized").into_response();
    };
    let now = provider.now();
    let access = provider.store(|store| {
        let access = store.access.get(token, now).filter(|access| !store.is_revoked(&access.authorization))?;
        access.scopes.has("openid").then(|| (access.sub.clone(), access.scopes.clone()))
    });
    let person = access.and_then(|(sub, scopes)| Some((provider.settings().people.by_sub(&sub)?, scopes)));
    match person {
        Some((person, scopes)) => {
            let mut body = claims::profile(person, &scopes);
            body.insert("sub".to_owned(), json!(person.sub));
            ([(CACHE_CONTROL, "no-store")], Json(body)).into_response()
        }
        None => {
            let challenge = [(WWW_AUTHENTICATE, "Bearer error=\"invalid_token\"")];
            let body = json!({"error": "invalid_token", "error_description": "The access token is invalid"});
            (StatusCode::UNAUTHORIZED, challenge, Json(body)).into_response()
        }
    }
}
