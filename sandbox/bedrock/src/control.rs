//! Routes by which browser tests control the stand-in. The real service has none of them, so the product must never
//! call them.

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use bytes::Bytes;
use serde::Deserialize;
use serde_json::Value;

use crate::bedrock::Bedrock;
use crate::mischief::Mischief;

/// The body of `POST /_sandbox/mischief`, for example `{"next":"throttleMidStream"}` or `"behave"`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
enum Order {
    /// Misbehave on the next request.
    Next(Mischief),
    /// Misbehave on every request; `null` ends that.
    Always(Option<Mischief>),
    /// Clear all mischief.
    Behave,
}

pub(crate) fn router() -> Router<Bedrock> {
    Router::new()
        .route("/_sandbox/mischief", post(mischief))
        .route("/_sandbox/release", post(release))
        .route("/_sandbox/requests", get(requests))
}

async fn mischief(State(bedrock): State<Bedrock>, body: Bytes) -> (StatusCode, String) {
    match serde_json::from_slice(&body) {
        Ok(Order::Next(mischief)) => bedrock.next(mischief),
        Ok(Order::Always(mischief)) => bedrock.always(mischief),
        Ok(Order::Behave) => bedrock.behave(),
        Err(error) => return (StatusCode::BAD_REQUEST, error.to_string()),
    }
    (StatusCode::NO_CONTENT, String::new())
}

/// Returns the bodies of the last 200 requests, oldest first.
async fn requests(State(bedrock): State<Bedrock>) -> Json<Vec<Value>> {
    Json(bedrock.requests().into_iter().map(|recorded| recorded.body).collect())
}

async fn release(State(bedrock): State<Bedrock>) -> StatusCode {
    bedrock.release();
    StatusCode::NO_CONTENT
}
