//! A client of the in-process routes, for one store.

use axum::body::{Body, to_bytes};
use axum::http::Request;
use sandbox_fga::Fga;
use sandbox_kit::{Clock, Sins};
use serde_json::{Value, json};
use tower::ServiceExt;

const STORE: &str = "01ARZ3NDEKTSV4RRFFQ69G5FAV";

pub(crate) struct Client(Fga);

impl Client {
    pub(crate) async fn new() -> Self {
        let fga = Fga::new(Clock::default(), Sins::default());
        // Cannot fail: the identifier is a ULID.
        let _ = fga.create_store_with_id(STORE, "conformance");
        Self(fga)
    }

    /// Posts to a route of the store. Failures become a JSON string, which equals no expectation.
    pub(crate) async fn post(&self, route: &str, body: Value) -> Value {
        let request = Request::post(format!("/stores/{STORE}/{route}")).header("content-type", "application/json");
        let Ok(request) = request.body(Body::from(body.to_string())) else { return json!("invalid request") };
        let Ok(response) = self.0.router().oneshot(request).await;
        let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap_or_default();
        serde_json::from_slice(&bytes).unwrap_or_else(|_| json!("not JSON"))
    }
}
