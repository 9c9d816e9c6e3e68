//! A successful response with the header for the authorization model. Must not represent errors.

use axum::Json;
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::Value;

/// A response with a JSON body or an empty one.
#[derive(Debug)]
pub(super) struct Reply {
    status: StatusCode,
    body: Option<Value>,
    model: Option<String>,
}

impl Reply {
    pub(super) fn ok(body: Value) -> Self {
        Self { status: StatusCode::OK, body: Some(body), model: None }
    }

    pub(super) fn created(body: Value) -> Self {
        Self { status: StatusCode::CREATED, body: Some(body), model: None }
    }

    pub(super) fn no_content() -> Self {
        Self { status: StatusCode::NO_CONTENT, body: None, model: None }
    }

    /// Sets the model that the response is based on.
    pub(super) fn under(self, model: &str) -> Self {
        Self { model: Some(model.to_owned()), ..self }
    }
}

impl IntoResponse for Reply {
    fn into_response(self) -> Response {
        let mut response = match self.body {
            Some(body) => (self.status, Json(body)).into_response(),
            None => self.status.into_response(),
        };
        if let Some(model) = self.model.and_then(|model| HeaderValue::from_str(&model).ok()) {
            response.headers_mut().insert(HeaderName::from_static("openfga-authorization-model-id"), model);
        }
        response
    }
}
