//! A service that answers as a test says, on loopback.

use crate::client::Client;
use agent::ports::AccessToken;
use axum::Router;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Answers of a test: the path and query that were asked for, and the service's own address.
pub(super) type Answers = fn(&str, &str) -> Response;

pub(super) struct Service {
    pub(super) client: Client,
    asked: Arc<Mutex<Vec<String>>>,
    agents: Arc<Mutex<Vec<String>>>,
}

impl Service {
    pub(super) async fn answering(answers: Answers) -> Self {
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let own = format!("http://{}", listener.local_addr().unwrap());
        let (asked, agents) = (Arc::<Mutex<Vec<_>>>::default(), Arc::<Mutex<Vec<_>>>::default());
        let base = own.parse().unwrap();
        let router = {
            let (asked, agents) = (asked.clone(), agents.clone());
            Router::new().fallback(move |uri: Uri, headers: HeaderMap| {
                let agent = headers["user-agent"].to_str().unwrap().to_owned();
                agents.lock().unwrap().push(agent);
                asked.lock().unwrap().push(uri.to_string());
                std::future::ready(answers(&uri.to_string(), &own))
            })
        };
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { client: Client::new(base, Duration::from_secs(5)).unwrap(), asked, agents }
    }

    /// Paths and queries so far.
    pub(super) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }

    pub(super) fn agents(&self) -> Vec<String> {
        self.agents.lock().unwrap().clone()
    }
}

pub(super) fn access_token() -> AccessToken {
    AccessToken::new("a borrowed token".into())
}

/// A user as Okta shows them, with this id, login and first name.
pub(super) fn user(id: &str, login: &str, first: &str) -> Response {
    let profile = json!({"firstName": first, "lastName": "Crane", "email": "elsewhere@acme.example", "login": login});
    let times = "2026-05-01T08:00:00.000Z";
    let user =
        json!({"id": id, "status": "ACTIVE", "statusChanged": times, "passwordChanged": null, "profile": profile});
    axum::Json(user).into_response()
}

/// Groups `from` to `to`, with a link header if there is one.
pub(super) fn groups(numbers: std::ops::Range<usize>, next: Option<String>) -> Response {
    let group = |number: usize| json!({"id": format!("00g{number}"), "profile": {"name": format!("group {number}")}});
    let mut response = axum::Json(numbers.map(group).collect::<Vec<Value>>()).into_response();
    if let Some(next) = next {
        response.headers_mut().append("link", "<https://acme.okta.example/x>; rel=\"self\"".parse().unwrap());
        response.headers_mut().append("link", format!("<{next}>; rel=\"next\"").parse().unwrap());
    }
    response
}

pub(super) fn missing() -> Response {
    (StatusCode::NOT_FOUND, axum::Json(json!({"errorCode": "E0000007"}))).into_response()
}
