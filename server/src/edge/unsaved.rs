//! Sessions that could not be kept: the library answers 500 without a word, and the person should hear which service it was.

use super::trouble;
use app::wire::ApiError;
use axum::extract::Request;
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;

/// Gives the words that are missing. Every answer of ours has a body, and says of what type.
pub async fn explain(request: Request, next: Next) -> Response {
    let headers = request.headers().clone();
    let response = next.run(request).await;
    if response.status() != StatusCode::INTERNAL_SERVER_ERROR || response.headers().contains_key(header::CONTENT_TYPE) {
        return response;
    }
    trouble::answer(&headers, &ApiError::NotNow { service: "the session store".to_owned() })
}
