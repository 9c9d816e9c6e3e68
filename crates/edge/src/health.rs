//! Health: `live` says that the process answers, `ready` that the services it needs answer too.

use crate::services::Services;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use futures::future::join_all;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::Mutex;

/// Longest wait for one check.
const LIMIT: Duration = Duration::from_secs(3);

/// `GET /health/live`.
pub async fn live() -> &'static str {
    "live\n"
}

/// The outcome of each check, by name.
type Outcomes = Vec<(String, Value)>;

/// The outcome of the last round of checks, shared by all requests: an unauthenticated caller causes no further
/// requests to the services.
#[derive(Debug, Default)]
pub struct Readiness {
    age: Duration,
    last: Mutex<Option<(Instant, Outcomes)>>,
}

impl Readiness {
    /// Returns a cache that reuses each outcome for `age`.
    #[must_use]
    pub fn new(age: Duration) -> Self {
        Self { age, last: Mutex::default() }
    }
}

/// `GET /health/ready`: names the services that do not answer; the causes are only in the log.
pub async fn ready(State(services): State<Arc<Services>>) -> Response {
    // One round at a time: requests that come meanwhile wait for its outcome.
    let mut last = services.readiness.last.lock().await;
    let results = match &*last {
        Some((at, results)) if at.elapsed() < services.readiness.age => results.clone(),
        _ => {
            let results = ask(&services).await;
            *last = Some((Instant::now(), results.clone()));
            results
        }
    };
    let all = results.iter().all(|(_, state)| state == "ready");
    let status = if all { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(json!({ "ready": all, "checks": serde_json::Map::from_iter(results) }))).into_response()
}

async fn ask(services: &Services) -> Outcomes {
    join_all(services.checks.iter().map(|check| async {
        let answered =
            tokio::time::timeout(LIMIT, (check.ask)()).await.unwrap_or_else(|_| Err("no answer in time".to_owned()));
        if let Err(cause) = &answered {
            tracing::warn!(check = check.name, cause, "not ready");
        }
        (check.name.to_owned(), Value::from(if answered.is_ok() { "ready" } else { "not ready" }))
    }))
    .await
}
