//! A proxy in front of GitHub's token endpoint, by which a test delays and changes responses.

use crate::world::World;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use axum::{Json, Router};
use reqwest::Client;
use serde_json::Value;
use std::ops::Deref;
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;

/// Maps GitHub's response to the status and body that the proxy returns.
type Change = fn(Value) -> (StatusCode, Value);

/// The proxy.
pub(crate) struct Between {
    pub(crate) url: String,
    shared: Arc<Shared>,
}

pub(crate) struct Shared {
    /// One permit for each response. GitHub has processed the request before a permit is taken.
    pub(crate) gate: Semaphore,
    change: Mutex<Change>,
    github: String,
    http: Client,
}

impl Between {
    pub(crate) async fn of(world: &World) -> Self {
        let github = format!("{}/login/oauth/access_token", world.variable("GITHUB_API_URL"));
        let http = Client::builder().no_proxy().build().unwrap();
        let change: Change = |answer| (StatusCode::OK, answer);
        let shared = Arc::new(Shared { gate: Semaphore::new(1_000), change: Mutex::new(change), github, http });
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let url = format!("http://{}/token", listener.local_addr().unwrap());
        let router = Router::new().route("/token", post(answered)).with_state(shared.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, shared }
    }

    /// Applies `change` to all further responses.
    pub(crate) fn change(&self, change: Change) {
        *self.shared.change.lock().unwrap() = change;
    }
}

impl Deref for Between {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.shared
    }
}

async fn answered(State(shared): State<Arc<Shared>>, headers: HeaderMap, body: Bytes) -> (StatusCode, Json<Value>) {
    let asked = shared.http.post(&shared.github).header("accept", "application/json");
    let asked = asked.header("content-type", &headers["content-type"]).body(body);
    let answer = asked.send().await.unwrap().json().await.unwrap();
    shared.gate.acquire().await.unwrap().forget();
    let change = *shared.change.lock().unwrap();
    let (status, answer) = change(answer);
    (status, Json(answer))
}
