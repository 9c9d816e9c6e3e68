//! Open-Meteo's error format.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;

#[derive(Debug)]
pub(super) struct WeatherError {
    status: StatusCode,
    reason: String,
}

/// A response extension that carries a sin to the middleware that records it.
#[derive(Clone)]
pub(super) struct Sinful(pub(super) String);

impl WeatherError {
    pub(super) fn bad_request(reason: impl Into<String>) -> Self {
        Self { status: StatusCode::BAD_REQUEST, reason: reason.into() }
    }

    pub(super) fn not_found() -> Self {
        Self { status: StatusCode::NOT_FOUND, reason: "Not Found".to_owned() }
    }
}

/// Records every error as a sin, since no correct client causes one.
impl IntoResponse for WeatherError {
    fn into_response(self) -> Response {
        let mut response = (self.status, Json(json!({"error": true, "reason": self.reason}))).into_response();
        response.extensions_mut().insert(Sinful(self.reason));
        response
    }
}
