//! The error bodies of GitHub's REST API.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// An error in GitHub's format, with a sin if a correct client could not have caused it.
#[derive(Debug)]
pub(super) struct ApiError {
    status: StatusCode,
    message: String,
    errors: Option<Box<Value>>,
    sin: Option<String>,
}

/// A response extension that carries a sin to the gate, which records it.
#[derive(Clone)]
pub(super) struct Sinful(pub(super) String);

impl ApiError {
    fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self { status, message: message.into(), errors: None, sin: None }
    }

    pub(super) fn sin(self, what: impl Into<String>) -> Self {
        Self { sin: Some(what.into()), ..self }
    }

    pub(super) fn requires_authentication() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "Requires authentication").sin("a request without Authorization header")
    }

    pub(super) fn bad_credentials() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "Bad credentials")
    }

    pub(super) fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "Not Found")
    }

    pub(super) fn unsupported_version(version: &str) -> Self {
        let message = format!("The API version {version} is not supported.");
        Self::new(StatusCode::BAD_REQUEST, message).sin("an unknown X-GitHub-Api-Version")
    }

    pub(super) fn validation(field: &str) -> Self {
        let errors = json!([{"resource": "Search", "field": field, "code": "invalid"}]);
        let error = Self::new(StatusCode::UNPROCESSABLE_ENTITY, "Validation Failed");
        Self { errors: Some(Box::new(errors)), ..error }.sin(format!("an invalid {field}"))
    }

    pub(super) fn rate_limited(account: u64) -> Self {
        Self::new(StatusCode::FORBIDDEN, format!("API rate limit exceeded for user ID {account}."))
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let status = self.status.as_u16().to_string();
        let mut body =
            json!({"message": self.message, "documentation_url": "https://docs.github.com/rest", "status": status});
        if let Some(errors) = self.errors {
            body["errors"] = *errors;
        }
        let mut response = (self.status, Json(body)).into_response();
        if let Some(sin) = self.sin {
            response.extensions_mut().insert(Sinful(sin));
        }
        response
    }
}
