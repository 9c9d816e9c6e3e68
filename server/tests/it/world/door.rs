//! The runtime door: its file, its address, and callers with tokens of the sandbox's provider.

use super::TestApp;
use countersign::config::Config;
use countersign::wiring::{Application, door};
use edge::doors::runtime::{NAME, router};
use reqwest::{RequestBuilder, Response};
use sandbox::Sandbox;
use sandbox::identity::Signing;
use serde_json::{Value, json};
use std::path::PathBuf;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// The public URL of the door, whatever port it listens on.
pub(crate) const RESOURCE: &str = "https://desk.example.com/invocations";
/// A session.
pub(crate) const SESSION: &str = "session-of-the-runtime-door-000000001";
/// An agent that may act for people.
pub(crate) const SUPERVISOR: &str = "supervisor@clients";

/// A door for the people of the sandbox's provider.
pub(crate) fn runtime(sandbox: &Sandbox) -> Option<String> {
    let issuer = sandbox.variable("OIDC_ISSUER").unwrap();
    Some(format!(
        "[doors.runtime]\nresource = \"{RESOURCE}\"\n[[doors.runtime.issuers]]\nissuer = \"{issuer}\"\n\
         discovery_url = \"{issuer}.well-known/openid-configuration\"\nalgorithms = [\"RS256\"]\n\
         allowed_clients = [\"cli\", \"supervisor\"]\ntenant = \"default\"\nactors = [\"{SUPERVISOR}\"]\n"
    ))
}

/// Writes the file of doors or tenants; `unique` keeps apart the files of servers that run at once.
pub(super) fn write(what: &str, unique: u16, text: &str) -> PathBuf {
    let path = std::env::temp_dir().join(format!("countersign-{what}-{}-{unique}.toml", std::process::id()));
    std::fs::write(&path, text).unwrap();
    path
}

/// Serves the door, if the configuration has one.
pub(super) async fn serve(config: &Config, wired: &Application, stop: &CancellationToken) -> Option<String> {
    let state = door(config, wired, NAME).ok()?;
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (app, stopped) = (router(&state), stop.clone().cancelled_owned());
    tokio::spawn(async move { countersign::serve(listener, app, stopped).await });
    Some(url)
}

impl TestApp {
    /// Returns an access token of the provider for the door, with these claims over the usual ones.
    pub(crate) fn token(&self, who: &str, claims: Value) -> String {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
        let mut all = json!({
            "iss": self.sandbox.variable("OIDC_ISSUER").unwrap(),
            "sub": format!("auth0|{who}"),
            "aud": RESOURCE,
            "azp": "cli",
            "iat": now,
            "exp": now + 600,
            "scope": "invoke",
        });
        for (name, value) in claims.as_object().unwrap() {
            all[name] = value.clone();
        }
        self.sandbox.provider().forge(json!({}), all, Signing::CurrentKey).unwrap()
    }

    /// Returns a request to the door.
    pub(crate) fn invocation(&self, token: &str, prompt: &str) -> RequestBuilder {
        let http = reqwest::Client::builder().timeout(Duration::from_secs(60)).build().unwrap();
        http.post(format!("{}/invocations", self.door()))
            .bearer_auth(token)
            .header("x-amzn-bedrock-agentcore-runtime-session-id", SESSION)
            .json(&json!({ "prompt": prompt }))
    }

    /// Returns the state that the door reports of itself.
    pub(crate) async fn ping(&self) -> Value {
        reqwest::get(format!("{}/ping", self.door())).await.unwrap().json().await.unwrap()
    }
}

/// A stream of the door.
pub(crate) struct Events {
    answer: Response,
    buffer: String,
}

impl Events {
    pub(crate) async fn of(request: RequestBuilder) -> Self {
        let answer = request.header("accept", "text/event-stream").send().await.unwrap();
        assert_eq!(answer.status().as_u16(), 200);
        assert_eq!(answer.headers()["content-type"], "text/event-stream");
        Self { answer, buffer: String::new() }
    }

    /// Returns the next event; `None` at the end of the stream.
    pub(crate) async fn next(&mut self) -> Option<Value> {
        loop {
            if let Some((event, rest)) = self.buffer.split_once("\n\n") {
                let (event, rest) = (event.to_owned(), rest.to_owned());
                self.buffer = rest;
                match event.strip_prefix("data: ") {
                    Some(json) => return Some(serde_json::from_str(json).unwrap()),
                    None => continue,
                }
            }
            let chunk = self.answer.chunk().await.unwrap()?;
            self.buffer.push_str(std::str::from_utf8(&chunk).unwrap());
        }
    }

    /// Returns the events up to the first with this name.
    pub(crate) async fn until(&mut self, name: &str) -> Vec<Value> {
        let mut events = Vec::new();
        while let Some(event) = self.next().await {
            events.push(event);
            if events.last().is_some_and(|event| event["event"] == name) {
                return events;
            }
        }
        panic!("no {name} in {events:?}")
    }
}

/// Returns the text of the answer.
pub(crate) fn words(events: &[Value]) -> String {
    let texts = events.iter().filter(|event| event["event"] == "words").map(|event| event["text"].as_str().unwrap());
    texts.collect()
}
