//! Okta's error format, and the errors that the stand-in returns.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use sandbox_kit::canary;
use serde_json::json;

/// An error in Okta's format, with a sin if a correct client could not have caused it.
#[derive(Debug)]
pub(super) struct OktaError {
    status: StatusCode,
    code: &'static str,
    summary: String,
    cause: Option<String>,
    sin: Option<String>,
}

/// A response extension that carries a sin to the gate, which records it.
#[derive(Clone)]
pub(super) struct Sinful(pub(super) String);

impl OktaError {
    fn new(status: StatusCode, code: &'static str, summary: impl Into<String>) -> Self {
        Self { status, code, summary: summary.into(), cause: None, sin: None }
    }

    pub(super) fn sin(mut self, what: impl Into<String>) -> Self {
        self.sin = Some(what.into());
        self
    }

    fn because(mut self, cause: impl Into<String>) -> Self {
        self.cause = Some(cause.into());
        self
    }

    /// An unknown, repeated or malformed parameter.
    pub(super) fn validation(what: &str) -> Self {
        let summary = format!("Api validation failed: {what}");
        Self::new(StatusCode::BAD_REQUEST, "E0000001", summary).because(what).sin(what)
    }

    pub(super) fn missing_parameter(name: &str) -> Self {
        let summary = "The request is missing a required parameter.";
        Self::new(StatusCode::BAD_REQUEST, "E0000028", summary).because(name).sin(format!("no parameter {name}"))
    }

    pub(super) fn invalid_search() -> Self {
        Self::new(StatusCode::BAD_REQUEST, "E0000031", "Invalid search criteria.").sin("invalid search criteria")
    }

    /// The user's status doesn't allow suspending or unsuspending.
    pub(super) fn wrong_status(cause: &str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "E0000001", "Api validation failed: suspend user").because(cause)
    }

    pub(super) fn authentication_failed() -> Self {
        let error = Self::new(StatusCode::UNAUTHORIZED, "E0000004", "Authentication failed");
        error.sin("an Authorization header that is neither Bearer nor SSWS")
    }

    pub(super) fn no_session() -> Self {
        Self::new(StatusCode::FORBIDDEN, "E0000005", "Invalid session").sin("a request without Authorization header")
    }

    pub(super) fn forbidden() -> Self {
        let summary = "You do not have permission to perform the requested action";
        Self::new(StatusCode::FORBIDDEN, "E0000006", summary)
    }

    pub(super) fn no_such_user(id: &str) -> Self {
        let summary = format!("Not found: Resource not found: {id} (User)");
        Self::new(StatusCode::NOT_FOUND, "E0000007", summary)
    }

    pub(super) fn invalid_token() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "E0000011", "Invalid token provided")
    }

    /// The password cannot be reset because another directory manages it.
    pub(super) fn reset_failed() -> Self {
        let error = Self::new(StatusCode::FORBIDDEN, "E0000017", "Password reset failed");
        error.because("The user's password is managed by another directory.")
    }

    pub(super) fn method_not_allowed() -> Self {
        let summary = "The endpoint does not support the provided HTTP method";
        let error = Self::new(StatusCode::METHOD_NOT_ALLOWED, "E0000022", summary);
        error.sin("an endpoint or method that does not exist")
    }

    pub(super) fn not_in_this_status() -> Self {
        let summary = "This operation is not allowed in the user's current status.";
        Self::new(StatusCode::FORBIDDEN, "E0000038", summary)
    }

    pub(super) fn rate_limited() -> Self {
        let summary = "API call exceeded rate limit due to too many requests.";
        Self::new(StatusCode::TOO_MANY_REQUESTS, "E0000047", summary)
    }

    /// Rejects a request without `Content-Length`, with an empty body.
    pub(super) fn length_required() -> Response {
        let mut response = StatusCode::LENGTH_REQUIRED.into_response();
        response.extensions_mut().insert(Sinful("a POST or PUT without Content-Length".to_owned()));
        response
    }
}

impl IntoResponse for OktaError {
    fn into_response(self) -> Response {
        let causes: Vec<_> = self.cause.iter().map(|cause| json!({"errorSummary": cause})).collect();
        let body = json!({"errorCode": self.code, "errorSummary": self.summary, "errorLink": self.code,
            "errorId": format!("oae{}", canary::random(16)), "errorCauses": causes});
        let mut response = (self.status, Json(body)).into_response();
        if let Some(sin) = self.sin {
            response.extensions_mut().insert(Sinful(sin));
        }
        response
    }
}
