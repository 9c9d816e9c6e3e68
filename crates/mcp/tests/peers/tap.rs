//! A tap between client and server: it forwards everything, records it, and can make the server reject a session as
//! unknown.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use tokio::net::TcpListener;

const SESSION: &str = "mcp-session-id";

#[derive(Clone)]
pub(crate) struct Tap {
    pub(crate) url: String,
    to: String,
    http: reqwest::Client,
    seen: Arc<Mutex<Vec<String>>>,
    /// The methods whose next request is sent with another session.
    forget: Arc<Mutex<VecDeque<&'static str>>>,
    /// The revisions that the tap pretends are enabled, if it overrides the server.
    enabled: Arc<Mutex<Option<&'static [&'static str]>>>,
    /// The revision that the last request named.
    version: Arc<Mutex<String>>,
    /// The method that is never answered.
    silent: Arc<Mutex<Option<&'static str>>>,
}

impl Tap {
    pub(crate) async fn before(to: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/mcp", listener.local_addr().unwrap());
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let (seen, forget, enabled, version, silent) = Default::default();
        let tap = Self { url, to: to.to_owned(), http, seen, forget, enabled, version, silent };
        let router = Router::new().fallback(pass).with_state(tap.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        tap
    }

    /// The messages since the last call of this function, as `tools/list 200`.
    pub(crate) fn seen(&self) -> Vec<String> {
        std::mem::take(&mut *self.seen.lock().unwrap())
    }

    /// Makes the server reject the session of the next request of this method.
    pub(crate) fn forget_at(&self, method: &'static str) {
        self.forget.lock().unwrap().push_back(method);
    }

    /// Answers in place of the server that only these revisions are enabled, as a server that knows the current
    /// revision does (-32022).
    pub(crate) fn enable(&self, revisions: &'static [&'static str]) {
        *self.enabled.lock().unwrap() = Some(revisions);
    }

    /// Never answers requests of this method.
    pub(crate) fn silence(&self, method: &'static str) {
        *self.silent.lock().unwrap() = Some(method);
    }

    /// The revision that the last request named.
    pub(crate) fn version(&self) -> String {
        self.version.lock().unwrap().clone()
    }
}

async fn pass(State(tap): State<Tap>, method: Method, mut headers: HeaderMap, body: Bytes) -> Response {
    let message: Value = serde_json::from_slice(&body).unwrap_or_default();
    let name = message["method"].as_str().unwrap_or(method.as_str()).to_owned();
    let spoil = {
        let mut forget = tap.forget.lock().unwrap();
        forget.pop_front_if(|next| **next == *name).is_some()
    };
    if spoil && headers.contains_key(SESSION) {
        headers.insert(SESSION, "00000000000000000000000000000000".parse().unwrap());
    }
    if let Some(version) = headers.get("mcp-protocol-version") {
        *tap.version.lock().unwrap() = version.to_str().unwrap().to_owned();
    }
    if let Some(supported) = *tap.enabled.lock().unwrap()
        && name == "server/discover"
    {
        let data = json!({"supported": supported, "requested": "2026-07-28"});
        let error = json!({"code": -32022, "message": "Unsupported protocol version", "data": data});
        let answer = json!({"jsonrpc": "2.0", "id": message["id"], "error": error});
        return (StatusCode::BAD_REQUEST, axum::Json(answer)).into_response();
    }
    if tap.silent.lock().unwrap().is_some_and(|silent| silent == name) {
        return std::future::pending().await;
    }
    headers.remove("host");
    headers.remove("content-length");
    let answer = tap.http.request(method, &tap.to).headers(headers).body(body).send().await;
    let Ok(answer) = answer else {
        tap.seen.lock().unwrap().push(format!("{name} –"));
        return status(StatusCode::BAD_GATEWAY);
    };
    tap.seen.lock().unwrap().push(format!("{name} {}", answer.status().as_u16()));
    let mut response = status(answer.status());
    for (name, value) in answer
        .headers()
        .iter()
        .filter(|(name, _)| !matches!(name.as_str(), "content-length" | "transfer-encoding" | "connection"))
    {
        response.headers_mut().append(name, value.clone());
    }
    let chunks = futures::stream::unfold(answer, async |mut answer| match answer.chunk().await {
        Ok(Some(chunk)) => Some((Ok::<_, reqwest::Error>(chunk), answer)),
        Ok(None) => None,
        Err(error) => Some((Err(error), answer)),
    });
    *response.body_mut() = Body::from_stream(chunks);
    response
}

fn status(status: StatusCode) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}
