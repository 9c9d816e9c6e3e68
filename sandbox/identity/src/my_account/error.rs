//! Error responses of the My Account API: problem details without a member `error`. Must never contain a secret.

use axum::Json;
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, WWW_AUTHENTICATE};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// An error response, with the protocol violation if only a faulty client causes it.
#[derive(Debug)]
pub(super) struct Problem {
    status: StatusCode,
    title: &'static str,
    detail: String,
    validation: Vec<Value>,
    sin: Option<String>,
}

impl Problem {
    fn new(status: StatusCode, title: &'static str, detail: impl Into<String>) -> Self {
        Self { status, title, detail: detail.into(), validation: Vec::new(), sin: None }
    }

    /// Marks the response as caused by an error that a correct client never makes.
    pub(super) fn blame(self, what: impl Into<String>) -> Self {
        Self { sin: Some(what.into()), ..self }
    }

    pub(super) fn sin(&self) -> Option<&str> {
        self.sin.as_deref()
    }

    /// An invalid member of the body or parameter of the query or path.
    pub(super) fn field(field: &str, source: &str, detail: &str) -> Self {
        let problem = Self::new(StatusCode::BAD_REQUEST, "Invalid Request", "The request is not valid.");
        let pointer = if source == "body" { format!("/{field}") } else { field.to_owned() };
        let validation = vec![json!({"detail": detail, "field": field, "pointer": pointer, "source": source})];
        Self { validation, ..problem }.blame(format!("{field}: {detail}"))
    }

    pub(super) fn bad_request(detail: &str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "Invalid Request", detail)
    }

    pub(super) fn unauthorized(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "Unauthorized", detail)
    }

    pub(super) fn insufficient_scope(scope: &str) -> Self {
        let detail = format!("The access token lacks the scope {scope}.");
        Self::new(StatusCode::FORBIDDEN, "Insufficient scope", detail)
    }

    pub(super) fn conflict() -> Self {
        Self::new(StatusCode::CONFLICT, "Conflict", "The connection of the account has already been completed.")
    }

    pub(super) fn media_type() -> Self {
        let detail = "The body must be application/json.";
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "Unsupported Media Type", detail).blame(detail)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut body = json!({
            "type": format!("https://auth0.com/api-errors/A0E-{}", self.status.as_u16()),
            "status": self.status.as_u16(),
            "title": self.title,
            "detail": self.detail,
        });
        if !self.validation.is_empty() {
            body["validation_errors"] = json!(self.validation);
        }
        let challenge = match self.status {
            StatusCode::UNAUTHORIZED => Some([(WWW_AUTHENTICATE, "Bearer error=\"invalid_token\"")]),
            StatusCode::FORBIDDEN => Some([(WWW_AUTHENTICATE, "Bearer error=\"insufficient_scope\"")]),
            _ => None,
        };
        (self.status, [(CACHE_CONTROL, "no-store")], challenge, Json(body)).into_response()
    }
}
