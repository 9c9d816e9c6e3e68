//! The port of interceptors: programs of the operator around each request of a door. What they change is decided like
//! anything that a client sends, and for the same caller.

use async_trait::async_trait;
use axum::http::{HeaderMap, StatusCode};
use serde_json::Value;
use std::fmt;

/// A request of a proved caller.
#[derive(Debug)]
pub struct Intercepted {
    /// The path of the door.
    pub path: String,
    /// The headers, with the caller's credentials.
    pub headers: HeaderMap,
    /// The body as the client sent it.
    pub raw: String,
    /// The JSON-RPC request, as it is carried out.
    pub body: Value,
}

/// One answer.
#[derive(Debug)]
pub struct Answered {
    /// The status of the response.
    pub status: StatusCode,
    /// `true` if it is an event of a stream.
    pub is_streaming: bool,
    /// The JSON-RPC response.
    pub body: Value,
}

/// The decision about a request.
#[derive(Debug)]
pub enum Before {
    /// Carry out this request, which has the id and the method of the original.
    Continue(Value),
    /// Carry out nothing, and answer with this status and JSON-RPC response.
    Answer(StatusCode, Value),
}

/// An interceptor failed, with a reason for the log. Nothing may pass.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct InterceptorFailed(pub String);

/// The interceptors of a door.
#[async_trait]
pub trait Interceptors: Send + Sync + fmt::Debug {
    /// Decides about a request before it is carried out.
    ///
    /// # Errors
    /// [`InterceptorFailed`]: nothing may be carried out.
    async fn before(&self, request: &Intercepted) -> Result<Before, InterceptorFailed>;

    /// Returns the JSON-RPC response that the client receives instead of `answered`.
    ///
    /// # Errors
    /// [`InterceptorFailed`]: the answer must not reach the client.
    async fn after(&self, request: &Intercepted, answered: Answered) -> Result<Value, InterceptorFailed>;
}
