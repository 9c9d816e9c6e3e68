//! Error responses of the token endpoint with Auth0's statuses and texts. Must never contain a secret.

use axum::Json;
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, PRAGMA, RETRY_AFTER};
use axum::response::{IntoResponse, Response};
use serde_json::json;

/// An error response, with the protocol violation if only a faulty client causes it.
#[derive(Debug)]
pub(crate) struct TokenError {
    status: StatusCode,
    error: &'static str,
    description: String,
    sin: Option<String>,
    /// Value of `x-ratelimit-reset`: when a throttled client may retry, in seconds since 1970-01-01 UTC.
    reset: Option<i64>,
    /// Value of `Retry-After`, in seconds.
    retry_after: Option<i64>,
    /// Value of the member `interval` of `slow_down`, in seconds.
    interval: Option<i64>,
}

impl TokenError {
    pub(crate) fn new(status: StatusCode, error: &'static str, description: impl Into<String>) -> Self {
        let description = description.into();
        Self { status, error, description, sin: None, reset: None, retry_after: None, interval: None }
    }

    /// Marks the response as caused by an error that a correct client never makes.
    pub(crate) fn blame(self, what: impl Into<String>) -> Self {
        Self { sin: Some(what.into()), ..self }
    }

    /// Adds the header `Retry-After`, in seconds.
    pub(crate) fn retry_after(self, seconds: i64) -> Self {
        Self { retry_after: Some(seconds), ..self }
    }

    /// Adds the member `interval`, in seconds.
    pub(crate) fn interval(self, seconds: i64) -> Self {
        Self { interval: Some(seconds), ..self }
    }

    pub(crate) fn blame_as_described(self) -> Self {
        let what = self.description.clone();
        self.blame(what)
    }

    pub(crate) fn sin(&self) -> Option<&str> {
        self.sin.as_deref()
    }

    pub(crate) fn invalid_request(description: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "invalid_request", description).blame_as_described()
    }

    pub(crate) fn missing(parameter: &str) -> Self {
        Self::invalid_request(format!("Missing required parameter: {parameter}"))
    }

    /// Wrong or missing client credentials: always a protocol violation, because only the client sends them.
    pub(crate) fn unauthorized() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "access_denied", "Unauthorized").blame("wrong client authentication")
    }

    pub(crate) fn unsupported_grant_type() -> Self {
        Self::new(StatusCode::BAD_REQUEST, "unsupported_grant_type", "Unsupported grant type").blame_as_described()
    }

    pub(crate) fn grant_not_allowed(grant: &str) -> Self {
        let text = format!("Grant type '{grant}' not allowed for the client.");
        Self::new(StatusCode::FORBIDDEN, "unauthorized_client", text).blame_as_described()
    }

    pub(crate) fn invalid_code() -> Self {
        Self::new(StatusCode::FORBIDDEN, "invalid_grant", "Invalid authorization code")
    }

    pub(crate) fn wrong_verifier() -> Self {
        Self::new(StatusCode::FORBIDDEN, "invalid_grant", "Failed to verify code verifier")
    }

    pub(crate) fn invalid_refresh_token() -> Self {
        Self::new(StatusCode::FORBIDDEN, "invalid_grant", "Unknown or invalid refresh token.")
    }

    pub(crate) fn person_gone() -> Self {
        let text = "The refresh_token was generated for a user who doesn't exist anymore.";
        Self::new(StatusCode::FORBIDDEN, "invalid_grant", text)
    }

    pub(crate) fn scope_too_wide() -> Self {
        let text = "The requested scope exceeds the granted one.";
        Self::new(StatusCode::BAD_REQUEST, "invalid_scope", text).blame_as_described()
    }

    pub(crate) fn unknown_audience(audience: &str) -> Self {
        Self::new(StatusCode::FORBIDDEN, "access_denied", format!("Service not found: {audience}"))
    }

    pub(crate) fn no_client_grant(audience: &str) -> Self {
        let text = format!(
            "Client is not authorized to access \"{audience}\". \
             You need to create a \"client-grant\" associated to this API."
        );
        Self::new(StatusCode::FORBIDDEN, "access_denied", text)
    }

    /// `resource` names another API than the authorization request (RFC 8707 section 2.2). Auth0's response is not
    /// documented.
    pub(crate) fn invalid_target() -> Self {
        let text = "The requested resource is not the one that was authorized.";
        Self::new(StatusCode::BAD_REQUEST, "invalid_target", text).blame_as_described()
    }

    pub(crate) fn server_error() -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "server_error", "Internal server error")
    }

    /// The client is throttled until `reset`, in seconds since 1970-01-01 UTC.
    pub(crate) fn too_many_requests(reset: i64) -> Self {
        let refusal = Self::new(StatusCode::TOO_MANY_REQUESTS, "too_many_requests", "Global limit has been reached");
        Self { reset: Some(reset), ..refusal }
    }
}

impl IntoResponse for TokenError {
    fn into_response(self) -> Response {
        let mut body = json!({"error": self.error, "error_description": self.description});
        if let Some(interval) = self.interval {
            body["interval"] = json!(interval);
        }
        let retry_after = self.retry_after.map(|seconds| [(RETRY_AFTER, seconds.to_string())]);
        let limits = self.reset.map(|reset| {
            [
                ("x-ratelimit-limit", "10".to_owned()),
                ("x-ratelimit-remaining", "0".to_owned()),
                ("x-ratelimit-reset", reset.to_string()),
            ]
        });
        let uncached = [(CACHE_CONTROL, "no-store"), (PRAGMA, "no-cache")];
        (self.status, uncached, retry_after, limits, Json(body)).into_response()
    }
}
