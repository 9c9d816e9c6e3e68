//! Corrects the answer to a server function whose arguments could not be parsed: the library answers 500, although the
//! mistake is the client's.

use app::backend::status;
use app::wire::{ApiError, BadInput};
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;

/// The header with which the library marks its errors.
const MARK: &str = "serverfnerror";

/// Largest error that is read, in bytes; ours are a sentence long.
const LARGEST_ERROR: usize = 4096;

/// Gives an error of the library the proper status and body; our own errors have theirs already.
pub(crate) async fn explain(request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    if response.status() != StatusCode::INTERNAL_SERVER_ERROR || !response.headers().contains_key(MARK) {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let body = to_bytes(body, LARGEST_ERROR).await.unwrap_or_default();
    let error = match serde_json::from_slice(&body) {
        Ok(ApiError::Internal { id }) => ApiError::Internal { id },
        // No backend returns `Transport`: the library does, for what it could not parse.
        Ok(ApiError::Transport) | Err(_) => ApiError::Invalid(BadInput::Malformed),
        Ok(error) => error,
    };
    parts.status = status(&error);
    parts.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    parts.headers.remove(header::CONTENT_LENGTH);
    // These types always serialize.
    Response::from_parts(parts, Body::from(serde_json::to_vec(&error).unwrap_or_default()))
}
