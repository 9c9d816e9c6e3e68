//! Pushes as JSON for programs. Must never reveal an `auth_req_id`, with which the tokens can be obtained.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::header::CACHE_CONTROL;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::ciba::push::{AnswerError, Push};
use crate::http::Params;
use crate::phone;
use crate::provider::Provider;

/// Lists all pushes, oldest first.
pub(super) async fn list(State(provider): State<Provider>) -> Response {
    let pushes: Vec<Value> = provider.pushes().iter().map(written).collect();
    ([(CACHE_CONTROL, "no-store")], Json(pushes)).into_response()
}

/// Accepts the form field `answer` (`approve` or `deny`) and returns the updated push.
pub(super) async fn answer(
    State(provider): State<Provider>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let form = Params::form_alone(&headers, &body).unwrap_or_default();
    let Some(answer) = phone::parse(form.get("answer")) else {
        return refused(StatusCode::BAD_REQUEST, "answer must be approve or deny");
    };
    match provider.answer(&id, answer) {
        Ok(push) => Json(written(&push)).into_response(),
        Err(error @ AnswerError::Unknown) => refused(StatusCode::NOT_FOUND, &error.to_string()),
        Err(error @ AnswerError::Over(_)) => refused(StatusCode::CONFLICT, &error.to_string()),
    }
}

fn refused(status: StatusCode, why: &str) -> Response {
    (status, Json(json!({ "error": why }))).into_response()
}

fn written(push: &Push) -> Value {
    json!({
        "id": push.id,
        "sub": push.sub,
        "client": push.client,
        "binding_message": push.binding_message,
        "authorization_details": push.authorization_details,
        "scope": push.scope,
        "audience": push.audience,
        "created_at": push.created_at,
        "expires_at": push.expires_at,
        "state": push.state.word(),
        "polls": push.polls,
    })
}
