//! Health: `live` says that the process answers, `ready` that what it needs answers too.

use crate::services::Services;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use futures::future::join_all;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;

/// Longest wait for one check.
const LIMIT: Duration = Duration::from_secs(3);

/// `GET /health/live`.
pub async fn live() -> &'static str {
    "live\n"
}

/// `GET /health/ready`: names what does not answer; the causes are in the log alone.
pub async fn ready(State(services): State<Arc<Services>>) -> Response {
    let results = join_all(services.checks.iter().map(|check| async {
        let answered =
            tokio::time::timeout(LIMIT, (check.ask)()).await.unwrap_or_else(|_| Err("no answer in time".to_owned()));
        if let Err(cause) = &answered {
            tracing::warn!(check = check.name, cause, "not ready");
        }
        (check.name.to_owned(), Value::from(if answered.is_ok() { "ready" } else { "not ready" }))
    }))
    .await;
    let all = results.iter().all(|(_, state)| state == "ready");
    let status = if all { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(json!({ "ready": all, "checks": serde_json::Map::from_iter(results) }))).into_response()
}
