//! JSON-RPC as MCP uses it: one message per request, and errors with an HTTP status. Must not depend on any tool.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

/// The current revision of MCP.
pub(crate) const MODERN: &str = "2026-07-28";

/// The previous revision, with `initialize` and sessions.
pub(crate) const LEGACY: &str = "2025-11-25";

/// Member of `_meta` that states the request's revision.
pub(crate) const VERSION_KEY: &str = "io.modelcontextprotocol/protocolVersion";

/// Member of `_meta` that states the client's capabilities.
pub(crate) const CAPABILITIES_KEY: &str = "io.modelcontextprotocol/clientCapabilities";

/// A client's message.
pub(crate) struct Message {
    /// The request's id; `None` in a notification.
    pub(crate) id: Option<Value>,
    pub(crate) method: String,
    pub(crate) params: Map<String, Value>,
}

impl Message {
    /// Parses a body: one object, `jsonrpc` 2.0, an id that is a string or an integer, parameters that are an object.
    pub(crate) fn read(body: &[u8]) -> Result<Self, RpcError> {
        let value: Value =
            serde_json::from_slice(body).map_err(|_| RpcError::bad(-32700, "the body is not one JSON value"))?;
        let Value::Object(mut members) = value else {
            return Err(RpcError::bad(-32600, "a body must hold one message, not a batch"));
        };
        if members.get("jsonrpc") != Some(&json!("2.0")) {
            return Err(RpcError::bad(-32600, "`jsonrpc` must be \"2.0\""));
        }
        let id = match members.remove("id") {
            None => None,
            Some(id) if id.is_string() || id.is_i64() || id.is_u64() => Some(id),
            Some(_) => return Err(RpcError::bad(-32600, "`id` must be a string or an integer")),
        };
        let Some(Value::String(method)) = members.remove("method") else {
            return Err(RpcError::bad(-32600, "there is no `method`"));
        };
        let params = match members.remove("params") {
            None => Map::new(),
            Some(Value::Object(params)) => params,
            Some(_) => return Err(RpcError::bad(-32602, "`params` must be an object")),
        };
        Ok(Self { id, method, params })
    }

    /// Returns a string parameter.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.params.get(name)?.as_str()
    }

    /// Returns a member of `params._meta`.
    pub(crate) fn meta(&self, key: &str) -> Option<&Value> {
        self.params.get("_meta")?.get(key)
    }
}

/// An error with its HTTP status and its JSON-RPC code.
#[derive(Debug)]
pub(crate) struct RpcError {
    pub(crate) status: StatusCode,
    pub(crate) code: i32,
    pub(crate) message: String,
    pub(crate) data: Option<Value>,
}

impl RpcError {
    /// An error that only a defective client causes: HTTP 400.
    pub(crate) fn bad(code: i32, message: impl Into<String>) -> Self {
        Self { status: StatusCode::BAD_REQUEST, code, message: message.into(), data: None }
    }

    /// A missing header, or one that disagrees with the body.
    pub(crate) fn header(message: impl Into<String>) -> Self {
        Self::bad(-32020, message)
    }

    pub(crate) fn version(requested: &str, supported: &[&str]) -> Self {
        let data = json!({"supported": supported, "requested": requested});
        Self { data: Some(data), ..Self::bad(-32022, "Unsupported protocol version") }
    }

    pub(crate) fn method(name: &str) -> Self {
        Self { status: StatusCode::NOT_FOUND, ..Self::bad(-32601, format!("there is no method {name}")) }
    }

    /// Wrong parameters of an existing method: HTTP 200.
    pub(crate) fn params(message: impl Into<String>) -> Self {
        Self { status: StatusCode::OK, ..Self::bad(-32602, message) }
    }

    pub(crate) fn answer(&self, id: Option<&Value>) -> Response {
        let mut error = json!({"code": self.code, "message": self.message});
        if let Some(data) = &self.data {
            error["data"] = data.clone();
        }
        json_response(self.status, &json!({"jsonrpc": "2.0", "id": id, "error": error}))
    }
}

/// Returns the JSON-RPC response to a successful request.
pub(crate) fn result(id: &Value, result: &Value) -> Value {
    json!({"jsonrpc": "2.0", "id": id, "result": result})
}

pub(crate) fn json_response(status: StatusCode, body: &Value) -> Response {
    (status, [(header::CONTENT_TYPE, "application/json")], body.to_string()).into_response()
}
