//! The error that `passkey.js` shows: a sentence in JSON, with a status.

use agent::ports::{ReadError, Unavailable};
use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

/// A request of a script that was not served.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ScriptError {
    status: StatusCode,
    sentence: &'static str,
}

impl ScriptError {
    /// Returns the error with this sentence for the person, who reads it in their language.
    pub(crate) const fn of(status: StatusCode, sentence: &'static str) -> Self {
        Self { status, sentence }
    }

    fn not_now() -> Self {
        Self::of(StatusCode::SERVICE_UNAVAILABLE, "A service does not answer now. Try again in a moment.")
    }
}

impl From<Unavailable> for ScriptError {
    fn from(error: Unavailable) -> Self {
        tracing::warn!(error = %error, "a script's request could not be served");
        Self::not_now()
    }
}

impl From<ReadError> for ScriptError {
    fn from(error: ReadError) -> Self {
        if matches!(error, ReadError::Deleted) {
            return Self::of(StatusCode::GONE, "This request has been answered, was withdrawn, or has ended.");
        }
        tracing::warn!(error = %error, "a script's request could not be served");
        Self::not_now()
    }
}

impl IntoResponse for ScriptError {
    fn into_response(self) -> Response {
        (self.status, Json(serde_json::json!({ "error": app::texts().stored(self.sentence) }))).into_response()
    }
}
