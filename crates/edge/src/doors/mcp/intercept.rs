//! The place of interceptors: around the whole protocol, so that they see each request before its tool name is believed, and
//! each answer however it leaves, also the result of a task. The protocol then reads the very bytes that an interceptor saw.

use super::LARGEST_BODY;
use crate::doors::DoorState;
use crate::doors::interceptors::{Answered, Before, Intercepted, Interceptors};
use axum::Json;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures::StreamExt;
use serde_json::{Value, json};
use std::sync::Arc;

/// Largest answer that is not a stream, in bytes: it holds one error.
const LARGEST_ANSWER: usize = 1024 * 1024;

/// JSON-RPC 2.0, section 5.1.
const INVALID_REQUEST: i32 = -32_600;
const INTERNAL_ERROR: i32 = -32_603;

const NOT_DONE: &str = "The request could not be checked right now, so nothing was done. Try again later.";
const WITHHELD: &str = "The answer is withheld, because it could not be checked. The request may have been carried out: do not repeat it \
    before the person has looked at their activity.";

/// Passes a request through the interceptors, if there are any.
pub(super) async fn intercept(State(state): State<DoorState>, request: Request, next: Next) -> Response {
    match state.interceptors {
        // Only POST carries messages here: there are no sessions whose streams could be resumed.
        Some(hooks) if request.method() == Method::POST => around(hooks, request, next).await,
        _ => next.run(request).await,
    }
}

async fn around(hooks: Arc<dyn Interceptors>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, LARGEST_BODY).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    let Some((raw, body)) = read(&body) else {
        return refuse(StatusCode::BAD_REQUEST, &Value::Null, INVALID_REQUEST, "One JSON-RPC message is needed.");
    };
    let mut own = Intercepted { path: parts.uri.path().to_owned(), headers: parts.headers.clone(), raw, body };
    // A notification, or an answer: the protocol carries neither out.
    if own.body.get("id").is_none() || own.body.get("method").is_none() {
        return next.run(Request::from_parts(parts, Body::from(own.body.to_string()))).await;
    }
    if !matches!(own.body["id"], Value::String(_) | Value::Number(_)) || !own.body["method"].is_string() {
        return refuse(StatusCode::BAD_REQUEST, &Value::Null, INVALID_REQUEST, "The request has no usable id.");
    }
    let response = match hooks.before(&own).await {
        Ok(Before::Continue(body)) => {
            let original = std::mem::replace(&mut own.body, body);
            rename(&mut parts.headers, &original, &own.body);
            let body = own.body.to_string();
            parts.headers.remove(header::TRANSFER_ENCODING);
            parts.headers.insert(header::CONTENT_LENGTH, HeaderValue::from(body.len()));
            next.run(Request::from_parts(parts, Body::from(body))).await
        }
        Ok(Before::Answer(status, body)) => (status, Json(body)).into_response(),
        Err(error) => {
            tracing::error!(error = %error, "the request interceptor failed, so a request was refused");
            return refuse(StatusCode::OK, &own.body["id"], INTERNAL_ERROR, NOT_DONE);
        }
    };
    answer(hooks, own, response).await
}

/// Reads one message. Arrays are none: no revision that the door speaks has batches.
fn read(body: &Bytes) -> Option<(String, Value)> {
    let raw = std::str::from_utf8(body).ok()?.to_owned();
    let body: Value = serde_json::from_str(&raw).ok()?;
    body.is_object().then_some((raw, body))
}

/// Lets `Mcp-Name` name the tool that an interceptor chose, if it named the client's. Otherwise it stays, and the protocol
/// refuses the contradiction.
fn rename(headers: &mut HeaderMap, original: &Value, changed: &Value) {
    let name = |body: &Value| body["params"]["name"].as_str().and_then(|name| HeaderValue::from_str(name).ok());
    if let (Some(before), Some(after)) = (name(original), name(changed))
        && headers.get("mcp-name") == Some(&before)
    {
        headers.insert("mcp-name", after);
    }
}

/// Passes each JSON-RPC response of the answer through the interceptors.
async fn answer(hooks: Arc<dyn Interceptors>, own: Intercepted, response: Response) -> Response {
    let (mut head, body) = response.into_parts();
    let kind = head.headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let after = After { hooks, own, status: head.status };
    if kind.starts_with("text/event-stream") {
        let after = Arc::new(after);
        let events = body.into_data_stream().then(move |event| {
            let after = after.clone();
            async move { Ok::<_, axum::Error>(after.event(event?).await) }
        });
        return Response::from_parts(head, Body::from_stream(events));
    }
    if !kind.starts_with("application/json") {
        return Response::from_parts(head, body);
    }
    let Ok(body) = to_bytes(body, LARGEST_ANSWER).await else {
        return after.withheld().into_response();
    };
    let body = after.text(&body, false).await;
    head.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(head, body.map_or_else(Body::empty, Body::from))
}

/// The RESPONSE hook of one request.
struct After {
    hooks: Arc<dyn Interceptors>,
    own: Intercepted,
    status: StatusCode,
}

impl After {
    /// Returns the event for the client. The protocol writes one event at a time, with its data in one line.
    async fn event(&self, event: Bytes) -> Bytes {
        const DATA: &str = "data: ";
        let text = String::from_utf8_lossy(&event);
        let Some((before, rest)) =
            text.split_once(DATA).filter(|(before, _)| before.is_empty() || before.ends_with('\n'))
        else {
            return event;
        };
        let (data, rest) = rest.split_once('\n').unwrap_or((rest, "\n"));
        if data.is_empty() {
            return event;
        }
        if rest.contains("data") {
            // A part that no interceptor would see.
            return Bytes::from(format!("{DATA}{}\n\n", self.withheld().0));
        }
        match self.text(data.as_bytes(), true).await {
            Some(data) => Bytes::from(format!("{before}{DATA}{data}\n{rest}")),
            None => event,
        }
    }

    /// Returns the message for the client, `None` if it stays as it is: a message without an id answers nothing.
    async fn text(&self, message: &[u8], is_streaming: bool) -> Option<String> {
        let Ok(body) = serde_json::from_slice::<Value>(message) else {
            return Some(self.withheld().0.to_string());
        };
        if body.get("id").is_none_or(Value::is_null) {
            return None;
        }
        let answered = Answered { status: self.status, is_streaming, body };
        Some(match self.hooks.after(&self.own, answered).await {
            Ok(body) => body.to_string(),
            Err(error) => {
                tracing::error!(error = %error, "the response interceptor failed, so an answer was withheld");
                self.withheld().0.to_string()
            }
        })
    }

    fn withheld(&self) -> Json<Value> {
        Json(error(&self.own.body["id"], INTERNAL_ERROR, WITHHELD))
    }
}

fn error(id: &Value, code: i32, message: &str) -> Value {
    json!({ "jsonrpc": "2.0", "id": id, "error": { "code": code, "message": message } })
}

fn refuse(status: StatusCode, id: &Value, code: i32, message: &str) -> Response {
    (status, Json(error(id, code, message))).into_response()
}

#[cfg(test)]
mod tests;
