//! A client of the in-process routes, without a network.

#![allow(dead_code, reason = "each test uses a part")]
#![allow(clippy::unwrap_used, clippy::expect_used)]

use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use sandbox_fga::{Fga, dsl};
use sandbox_kit::{Clock, Sins};
use serde_json::{Value, json};
use tower::ServiceExt;

/// A service with its clock and recorded protocol violations.
pub(crate) struct Service {
    pub(crate) fga: Fga,
    pub(crate) clock: Clock,
    pub(crate) sins: Sins,
}

/// A store with a model.
pub(crate) struct Store<'s> {
    pub(crate) service: &'s Service,
    pub(crate) id: String,
    pub(crate) model: String,
}

/// A response.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
    pub(crate) json: Value,
}

impl Service {
    pub(crate) fn new() -> Self {
        let (clock, sins) = (Clock::default(), Sins::default());
        Self { fga: Fga::new(clock.clone(), sins.clone()), clock, sins }
    }

    pub(crate) async fn send(&self, method: &str, path: &str, body: Option<Value>) -> Answer {
        let request = Request::builder().method(method).uri(path).header("content-type", "application/json");
        self.request(request.body(body.map_or_else(Body::empty, |body| Body::from(body.to_string()))).unwrap()).await
    }

    pub(crate) async fn request(&self, request: Request<Body>) -> Answer {
        let response = self.fga.router().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let text = String::from_utf8(to_bytes(body, usize::MAX).await.unwrap().to_vec()).unwrap();
        let json = serde_json::from_str(&text).unwrap_or(Value::Null);
        Answer { status: parts.status, headers: parts.headers, text, json }
    }

    /// Creates a store with a model in the modelling language.
    pub(crate) async fn store(&self, model: &str) -> Store<'_> {
        let created = self.send("POST", "/stores", Some(json!({ "name": "a store" }))).await;
        let id = created.json["id"].as_str().unwrap().to_owned();
        let written =
            self.send("POST", &format!("/stores/{id}/authorization-models"), Some(dsl::to_json(model).unwrap())).await;
        let model =
            written.json["authorization_model_id"].as_str().unwrap_or_else(|| panic!("{}", written.text)).to_owned();
        Store { service: self, id, model }
    }
}

impl Store<'_> {
    /// Posts to a route of the store.
    pub(crate) async fn post(&self, route: &str, body: Value) -> Answer {
        self.service.send("POST", &format!("/stores/{}/{route}", self.id), Some(body)).await
    }

    pub(crate) async fn get(&self, route: &str) -> Answer {
        self.service.send("GET", &format!("/stores/{}/{route}", self.id), None).await
    }

    /// Writes tuples given as `user relation object`.
    pub(crate) async fn write(&self, tuples: &[&str]) -> Answer {
        let tuples: Vec<Value> = tuples.iter().map(|tuple| key(tuple)).collect();
        self.post("write", json!({ "writes": { "tuple_keys": tuples } })).await
    }

    /// Checks `user relation object` with model id and `HIGHER_CONSISTENCY`, as a careful client does.
    pub(crate) async fn check(&self, question: &str) -> Answer {
        let body = json!({
            "tuple_key": key(question),
            "authorization_model_id": self.model,
            "consistency": "HIGHER_CONSISTENCY",
        });
        self.post("check", body).await
    }
}

/// Converts `user relation object` to a tuple key.
pub(crate) fn key(text: &str) -> Value {
    let [user, relation, object] = text.split(' ').collect::<Vec<_>>().try_into().unwrap();
    json!({ "user": user, "relation": relation, "object": object })
}

/// A model that covers most features.
pub(crate) const MODEL: &str = "model
  schema 1.1
type user
type employee
type group
  relations
    define member: [user, group#member, employee with in_hours]
type doc
  relations
    define parent: [doc]
    define owner: [user]
    define viewer: [user, user:*, group#member] or owner or viewer from parent
    define reader: viewer but not blocked
    define blocked: [user]
condition in_hours(hour: int) {
  hour >= 8 && hour < 18
}
";

/// Posts a request that must fail with this status, code and part of the message; `sin` tells whether it is a
/// violation.
pub(crate) async fn refused(store: &Store<'_>, route: &str, body: Value, expected: (u16, &str, &str), sin: bool) {
    let answer = store.post(route, body.clone()).await;
    assert_eq!(
        (answer.status.as_u16(), answer.json["code"].as_str()),
        (expected.0, Some(expected.1)),
        "{body}: {}",
        answer.text
    );
    let message = answer.json["message"].as_str().unwrap();
    assert!(message.contains(expected.2), "{body}: {message}");
    assert_eq!(store.service.sins.take().is_empty(), !sin, "{body}");
}
