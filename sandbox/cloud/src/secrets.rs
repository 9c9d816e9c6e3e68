//! A stand-in for `GetSecretValue` of Secrets Manager: JSON 1.1, with versions and staging labels. Must never log a
//! secret.

mod answer;
mod signature;
mod store;

use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::post;
use sandbox_kit::{Clock, Sins};
use serde::Deserialize;

use answer::Failure;
use store::{Store, Wanted};

/// The Secrets Manager stand-in. Clones share the secrets.
#[derive(Clone)]
pub struct Secrets {
    store: Arc<Mutex<Store>>,
    clock: Clock,
    sins: Sins,
}

impl std::fmt::Debug for Secrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Secrets").field("names", &self.lock().names()).finish_non_exhaustive()
    }
}

impl Secrets {
    /// Creates a stand-in without secrets.
    #[must_use]
    pub fn new(clock: Clock, sins: Sins) -> Self {
        Self { store: Arc::default(), clock, sins }
    }

    /// Stores a value as `AWSCURRENT`; the former current version becomes `AWSPREVIOUS`.
    pub fn put(&self, name: &str, value: impl Into<String>) {
        let now = self.clock.seconds();
        self.lock().put(name, value.into(), now);
    }

    /// Returns the routes of the HTTP API.
    pub fn router(&self) -> Router {
        Router::new().route("/", post(call)).with_state(self.clone())
    }

    fn get(&self, headers: &HeaderMap, body: &[u8]) -> Result<Response, Failure> {
        signature::check(headers)?;
        match headers.get("x-amz-target").and_then(|target| target.to_str().ok()) {
            Some("secretsmanager.GetSecretValue") => {}
            other => return Err(Failure::unknown_operation(other)),
        }
        let content = headers.get("content-type").and_then(|content| content.to_str().ok()).unwrap_or_default();
        if content != answer::CONTENT {
            return Err(Failure::serialization(format!("content type {content:?}")));
        }
        let request: Request =
            serde_json::from_slice(body).map_err(|error| Failure::serialization(error.to_string()))?;
        let wanted = Wanted { version: request.version_id.as_deref(), stage: request.version_stage.as_deref() };
        let store = self.lock();
        store.get(&request.secret_id, wanted).map(|found| answer::secret(&found))
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Store> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Request {
    secret_id: String,
    version_id: Option<String>,
    version_stage: Option<String>,
}

async fn call(State(secrets): State<Secrets>, headers: HeaderMap, body: Bytes) -> Response {
    secrets.get(&headers, &body).unwrap_or_else(|failure| failure.answer(&secrets.sins))
}
