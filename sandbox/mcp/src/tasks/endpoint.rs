//! The endpoint `/mcp`, in both revisions.

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use sandbox_kit::canary;
use serde_json::{Map, Value, json};

use super::sessions::Stage;
use super::transport::{self, Era, LONGEST_BODY, text};
use super::{Caller, Form, Revisions, Tasks, tools};
use crate::rpc::{LEGACY, MODERN, Message, RpcError, json_response, result};

/// The header that carries the session id.
const SESSION: &str = "mcp-session-id";

/// Rejects GET with 405: this server offers no stream of its own messages.
pub(super) async fn get(State(tasks): State<Tasks>, headers: HeaderMap) -> Response {
    tasks.record.add("GET /mcp".to_owned(), None, &headers);
    match tasks.admit(&headers) {
        Ok(_) => (StatusCode::METHOD_NOT_ALLOWED, [(header::ALLOW, "POST, DELETE")]).into_response(),
        Err(refused) => *refused,
    }
}

/// Ends a session of revision 2025-11-25.
pub(super) async fn delete(State(tasks): State<Tasks>, headers: HeaderMap) -> Response {
    tasks.record.add("DELETE /mcp".to_owned(), None, &headers);
    let caller = match tasks.admit(&headers) {
        Ok(caller) => caller,
        Err(refused) => return *refused,
    };
    let Some(id) = text(&headers, SESSION) else { return StatusCode::BAD_REQUEST.into_response() };
    let now = tasks.clock.seconds();
    match tasks.lock().sessions.end(id, &caller.subject, now) {
        Some(()) => StatusCode::NO_CONTENT.into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

pub(super) async fn post(State(tasks): State<Tasks>, headers: HeaderMap, body: Bytes) -> Response {
    let message = Message::read(&body);
    tasks.record.add("POST /mcp".to_owned(), message.as_ref().ok(), &headers);
    let caller = match tasks.admit(&headers) {
        Ok(caller) => caller,
        Err(refused) => return *refused,
    };
    if let Err((status, what)) = transport::envelope(&headers) {
        tasks.sin(what);
        return (status, what).into_response();
    }
    if body.len() > LONGEST_BODY {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    }
    let message = match message {
        Ok(message) => message,
        Err(error) => return tasks.refuse(&error, None),
    };
    let era = match tasks.lock().revisions {
        Revisions::Both => transport::era(&headers, &message),
        Revisions::LegacyOnly => Ok(Era::Legacy),
        Revisions::Enabled(enabled) => transport::era_of(enabled, &headers, &message),
    };
    match era {
        Ok(Era::Modern) => tasks.modern(&caller, &message),
        Ok(Era::Legacy) => tasks.legacy(&caller, &message, &headers),
        Err(error) => tasks.refuse(&error, message.id.as_ref()),
    }
}

impl Tasks {
    fn modern(&self, caller: &Caller, message: &Message) -> Response {
        let Some(id) = &message.id else { return StatusCode::ACCEPTED.into_response() };
        let done = match message.method.as_str() {
            "server/discover" => Ok(json!({
                "supportedVersions": [MODERN, LEGACY], "capabilities": {"tools": {}}, "ttlMs": 0, "cacheScope": "private",
            })),
            "tools/list" => Ok(json!({"tools": tools::offered(caller), "ttlMs": 0, "cacheScope": "private"})),
            "tools/call" => self.call_of(caller, message),
            other => Err(RpcError::method(other)),
        };
        match done {
            Ok(mut done) => {
                done["resultType"] = "complete".into();
                done["_meta"] = json!({"io.modelcontextprotocol/serverInfo": info()});
                self.answer(&result(id, &done))
            }
            Err(error) => self.refuse(&error, Some(id)),
        }
    }

    fn legacy(&self, caller: &Caller, message: &Message, headers: &HeaderMap) -> Response {
        let now = self.clock.seconds();
        if message.method == "initialize" {
            return self.initialize(caller, message, now);
        }
        let Some(session) = text(headers, SESSION) else {
            return (StatusCode::BAD_REQUEST, "Bad Request: Session ID is required").into_response();
        };
        let Some(stage) = self.lock().sessions.stage(session, &caller.subject, now) else {
            return (StatusCode::NOT_FOUND, "Not Found: there is no such session").into_response();
        };
        let stated = text(headers, "mcp-protocol-version");
        if stated != self.lock().sessions.version(session) {
            let error = RpcError::bad(-32600, "MCP-Protocol-Version differs from the agreed version");
            return self.refuse(&error, message.id.as_ref());
        }
        let Some(id) = &message.id else {
            if message.method == "notifications/initialized" {
                self.lock().sessions.ready(session);
            }
            return StatusCode::ACCEPTED.into_response();
        };
        let done = match (message.method.as_str(), stage) {
            ("ping", _) => Ok(json!({})),
            (_, Stage::Greeted) => Err(RpcError::bad(-32600, "notifications/initialized was not sent")),
            ("tools/list", Stage::Ready) => Ok(json!({"tools": tools::offered(caller)})),
            ("tools/call", Stage::Ready) => self.call_of(caller, message),
            (other, Stage::Ready) => Err(RpcError { status: StatusCode::OK, ..RpcError::method(other) }),
        };
        match done {
            Ok(done) => self.answer(&result(id, &done)),
            Err(error) => self.refuse(&error, Some(id)),
        }
    }

    fn initialize(&self, caller: &Caller, message: &Message, now: i64) -> Response {
        let Some(id) = &message.id else { return StatusCode::BAD_REQUEST.into_response() };
        let told =
            ["capabilities", "clientInfo"].iter().all(|name| message.params.get(*name).is_some_and(Value::is_object));
        let Some(wanted) = message.text("protocolVersion").filter(|_| told) else {
            return self.refuse(&RpcError::bad(-32602, "initialize lacks a required member"), Some(id));
        };
        let session = canary::secret("mcp");
        let version = self.lock().revisions.agreed(wanted);
        self.lock().sessions.begin(session.clone(), &caller.subject, version, now);
        let greeting = json!({"protocolVersion": version, "capabilities": {"tools": {}}, "serverInfo": info()});
        let mut answer = self.answer(&result(id, &greeting));
        if let Ok(value) = session.parse() {
            answer.headers_mut().insert(SESSION, value);
        }
        answer
    }

    fn call_of(&self, caller: &Caller, message: &Message) -> Result<Value, RpcError> {
        let name = message.text("name").ok_or_else(|| RpcError::params("there is no `name`"))?;
        let none = Map::new();
        let arguments = match message.params.get("arguments") {
            None => &none,
            Some(Value::Object(arguments)) => arguments,
            Some(_) => return Err(RpcError::params("`arguments` must be an object")),
        };
        self.call(caller, name, arguments).ok_or_else(|| RpcError::params(format!("Unknown tool: {name}")))
    }

    fn answer(&self, answer: &Value) -> Response {
        match self.lock().form {
            Form::Json => json_response(StatusCode::OK, answer),
            Form::EventStream => {
                let note = json!({"jsonrpc": "2.0", "method": "notifications/message",
                    "params": {"level": "info", "data": "working"}});
                let body = format!(": hello\r\n\r\nevent: message\ndata: {note}\n\nid: 1\ndata: {answer}\n\n");
                ([(header::CONTENT_TYPE, "text/event-stream")], body).into_response()
            }
        }
    }

    /// Returns an error, and records a sin for those with status 400, which only a defective client causes, except for
    /// an unsupported revision (-32022).
    fn refuse(&self, error: &RpcError, id: Option<&Value>) -> Response {
        if error.status == StatusCode::BAD_REQUEST && error.code != -32022 {
            self.sin(&*error.message);
        }
        error.answer(id)
    }
}

impl Revisions {
    /// Returns the revision negotiated by `initialize`: the client's if supported, else the newest supported one.
    fn agreed(self, wanted: &str) -> &'static str {
        let enabled: &'static [&'static str] = match self {
            Self::Both | Self::LegacyOnly => &[LEGACY],
            Self::Enabled(enabled) => enabled,
        };
        enabled.iter().copied().find(|own| *own == wanted).or(enabled.first().copied()).unwrap_or(LEGACY)
    }
}

fn info() -> Value {
    json!({"name": "tasks", "version": "1.0.0"})
}
