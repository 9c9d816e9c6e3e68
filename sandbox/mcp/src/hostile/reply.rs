//! Bad answers to a request.

use std::convert::Infallible;

use axum::body::{Body, Bytes};
use axum::http::{HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures::{StreamExt, stream};
use serde_json::{Value, json};

use crate::rpc::{json_response, result};

/// A bad answer.
#[derive(Debug, Clone)]
pub enum Reply {
    /// This JSON-RPC result.
    Result(Value),
    /// This JSON-RPC error, `{code, message, data}`, with this HTTP status.
    Error(StatusCode, Value),
    /// A result with a text of this many bytes.
    Big(usize),
    /// A result with this many nested lists.
    Deep(usize),
    /// An endless stream of events, sent as fast as the client reads them.
    Endless,
    /// Headers and a comment of an event stream, then no more data.
    Silent,
    /// No response at all.
    Slow,
    /// A redirect (307) to this address.
    Redirect(String),
    /// This status with this header and no body.
    Status(StatusCode, &'static str, String),
    /// This content type with this body.
    Raw(&'static str, Vec<u8>),
}

impl Reply {
    pub(super) async fn answer(self, id: &Value) -> Response {
        match self {
            Self::Result(value) => json_response(StatusCode::OK, &result(id, &value)),
            Self::Error(status, error) => json_response(status, &json!({"jsonrpc": "2.0", "id": id, "error": error})),
            Self::Big(bytes) => {
                let value = json!({"content": [{"type": "text", "text": "x".repeat(bytes)}], "resultType": "complete"});
                json_response(StatusCode::OK, &result(id, &value))
            }
            Self::Deep(levels) => {
                let (open, shut) = ("[".repeat(levels), "]".repeat(levels));
                let body = format!(
                    "{{\"jsonrpc\":\"2.0\",\"id\":{id},\"result\":{{\"resultType\":\"complete\",\"content\":[],\"structuredContent\":{open}{shut}}}}}"
                );
                ([(header::CONTENT_TYPE, "application/json")], body).into_response()
            }
            Self::Endless => {
                let event = "data: {\"jsonrpc\":\"2.0\",\"method\":\"notifications/progress\",\"params\":{\"progressToken\":1,\"progress\":1}}\n\n";
                let events = stream::repeat_with(move || Ok::<_, Infallible>(Bytes::from_static(event.as_bytes())));
                ([(header::CONTENT_TYPE, "text/event-stream")], Body::from_stream(events)).into_response()
            }
            Self::Silent => {
                let first = stream::once(async { Ok::<_, Infallible>(Bytes::from_static(b": wait\n\n")) });
                let body = Body::from_stream(first.chain(stream::pending()));
                ([(header::CONTENT_TYPE, "text/event-stream")], body).into_response()
            }
            Self::Slow => std::future::pending().await,
            Self::Redirect(to) => (StatusCode::TEMPORARY_REDIRECT, [(header::LOCATION, to)]).into_response(),
            Self::Status(status, name, value) => (status, [(HeaderName::from_static(name), value)]).into_response(),
            Self::Raw(kind, body) => ([(header::CONTENT_TYPE, kind)], body).into_response(),
        }
    }
}
