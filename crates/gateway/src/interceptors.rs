//! Interceptors: programs of the operator that see each request of a door before it is carried out, and each answer before
//! the client receives it. They have the payloads of `AgentCore` Gateway's interceptors for MCP, so that one function serves
//! both.
//!
//! An interceptor cannot widen anything. A request that it changed is decided like one that the client sent, for the same
//! caller. It can keep its id and method alone. Whatever goes wrong refuses: the engine never passes a message on that it
//! could not show to a configured interceptor.

mod headers;
mod payload;

pub(crate) use headers::Passes;

use crate::client::{Connections, Target};
use crate::config::{GatewayConfig, InterceptorConfig, System, TargetName};
use crate::failure::Failure;
use crate::http_call::Prepared;
use crate::lambda;
use crate::targets::BadTarget;
use egress::Listed;
use http::{HeaderMap, HeaderValue, Method, header};
use payload::{Input, Output, OutputMcp};
use serde_json::Value;

/// Largest payload in each direction, in bytes (AWS Lambda quotas, "Invocation payload": 6 MB).
pub(crate) const LARGEST_PAYLOAD: usize = 6 * 1024 * 1024;

/// A JSON-RPC request of a proved caller.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// The path of the door.
    pub path: &'a str,
    /// All headers; each interceptor sees those that its configuration passes.
    pub headers: &'a HeaderMap,
    /// The body as the client sent it.
    pub raw: &'a str,
    /// The request, as it is carried out.
    pub body: &'a Value,
}

/// One JSON-RPC answer.
#[derive(Debug, Clone)]
pub struct Answered {
    /// The HTTP status.
    pub status: u16,
    /// `true` if it is an event of a stream.
    pub is_streaming: bool,
    /// The message.
    pub body: Value,
}

/// The decision of the REQUEST hook.
#[derive(Debug, Clone, PartialEq)]
pub enum Before {
    /// Carry out this request.
    Continue(Value),
    /// Carry out nothing, and answer with this status and message.
    Answer(u16, Value),
}

/// An interceptor that did not do its work. Nothing may pass.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InterceptorError {
    /// It cannot be called, or failed: the reason, without any content.
    #[error("{0}")]
    Failed(String),
    /// The event is longer than 6 MB.
    #[error("the event is longer than {LARGEST_PAYLOAD} bytes")]
    TooLarge,
    /// Its answer has another shape than the contract's.
    #[error("its answer has another shape: {0}")]
    Shape(&'static str),
}

impl From<Failure> for InterceptorError {
    fn from(failure: Failure) -> Self {
        Self::Failed(match failure {
            // Both hold text of the other system, which may repeat the message.
            Failure::Refused(status, _) => format!("it answered with status {status}"),
            Failure::Function(_) => "the function failed".to_owned(),
            other => other.to_string(),
        })
    }
}

/// The interceptors of the doors: at most one at each hook.
#[derive(Debug)]
pub struct Interceptors {
    request: Option<Interceptor>,
    response: Option<Interceptor>,
}

impl Interceptors {
    /// Creates the configured interceptors; `None` if there are none.
    ///
    /// # Errors
    /// The interceptor that cannot be used.
    pub fn new(config: &GatewayConfig, connections: &Connections) -> Result<Option<Self>, BadTarget> {
        let own = &config.interceptors;
        if own.request.is_none() && own.response.is_none() {
            return Ok(None);
        }
        let listed = Listed::new(&config.allow);
        let make = |hook: &str, own: &Option<InterceptorConfig>| {
            own.as_ref().map(|own| Interceptor::new(hook, own, &listed, connections)).transpose()
        };
        Ok(Some(Self { request: make("request", &own.request)?, response: make("response", &own.response)? }))
    }

    /// Shows a request to the REQUEST interceptor.
    ///
    /// # Errors
    /// [`InterceptorError`]: nothing may be carried out.
    pub async fn before(&self, request: &Request<'_>) -> Result<Before, InterceptorError> {
        let Some(interceptor) = &self.request else { return Ok(Before::Continue(request.body.clone())) };
        let OutputMcp { transformed_gateway_request: changed, transformed_gateway_response: answer } =
            interceptor.ask(request, None).await?;
        if let Some(answer) = answer {
            let body = answer.body.ok_or(InterceptorError::Shape("the answer has no body"))?;
            check_answer(request.body, &body)?;
            let status = answer.status_code.unwrap_or(200);
            let sound = (200..600).contains(&status);
            return if sound { Ok(Before::Answer(status, body)) } else { Err(InterceptorError::Shape("no status")) };
        }
        let Some(body) = changed.and_then(|changed| changed.body) else {
            return Ok(Before::Continue(request.body.clone()));
        };
        check_request(request.body, &body)?;
        Ok(Before::Continue(body))
    }

    /// Shows an answer to the RESPONSE interceptor, and returns the answer for the client. Only its body can change: the
    /// head of a stream has left already.
    ///
    /// # Errors
    /// [`InterceptorError`]: the answer must not reach the client.
    pub async fn after(&self, request: &Request<'_>, answered: Answered) -> Result<Value, InterceptorError> {
        let Some(interceptor) = &self.response else { return Ok(answered.body) };
        let output = interceptor.ask(request, Some(&answered)).await?;
        match output.transformed_gateway_response.and_then(|changed| changed.body) {
            Some(body) => check_answer(request.body, &body).map(|()| body),
            None => Ok(answered.body),
        }
    }
}

/// A changed request keeps its id, by which the client knows the answer, and its method.
fn check_request(original: &Value, changed: &Value) -> Result<(), InterceptorError> {
    let same = |member: &str| original[member] == changed[member];
    if !same("jsonrpc") || !same("id") || !same("method") {
        return Err(InterceptorError::Shape("the request has another id or method"));
    }
    match changed.get("params") {
        None | Some(Value::Object(_)) => Ok(()),
        Some(_) => Err(InterceptorError::Shape("params is no object")),
    }
}

/// An answer is a JSON-RPC response to this very request.
fn check_answer(request: &Value, answer: &Value) -> Result<(), InterceptorError> {
    let one = matches!(
        (answer.get("result"), answer.get("error")),
        (Some(Value::Object(_)), None) | (None, Some(Value::Object(_)))
    );
    let response = answer["jsonrpc"] == "2.0" && answer["id"] == request["id"] && answer.get("method").is_none();
    if one && response { Ok(()) } else { Err(InterceptorError::Shape("the answer is no response to the request")) }
}

/// One interceptor.
#[derive(Debug)]
struct Interceptor {
    config: InterceptorConfig,
    target: Target,
}

impl Interceptor {
    fn new(
        hook: &str,
        config: &InterceptorConfig,
        listed: &Listed,
        connections: &Connections,
    ) -> Result<Self, BadTarget> {
        let bad = |problem: String| BadTarget { section: format!("interceptors.{hook}"), problem };
        let name = TargetName::new(hook).ok_or_else(|| bad("it has no name".to_owned()))?;
        let target = Target::new(&name, &config.endpoint, listed, connections);
        Ok(Self { config: config.clone(), target: target.map_err(|error| bad(error.to_string()))? })
    }

    async fn ask(&self, request: &Request<'_>, answered: Option<&Answered>) -> Result<OutputMcp, InterceptorError> {
        let passed = self.config.passes.of(request.headers);
        let event = serde_json::to_vec(&Input::new(request, passed.as_ref(), answered));
        let event = event.map_err(|_| InterceptorError::Failed("the event cannot be written".to_owned()))?;
        if event.len() > LARGEST_PAYLOAD {
            return Err(InterceptorError::TooLarge);
        }
        let answer = self.target.fetch(self.prepared(event)).await?;
        let output: Output =
            serde_json::from_slice(&answer).map_err(|_| InterceptorError::Shape("not the contract's"))?;
        Ok(output.into_mcp())
    }

    fn prepared(&self, event: Vec<u8>) -> Prepared {
        match &self.config.endpoint.system {
            System::Lambda { url, function } => lambda::invocation(url, function, event),
            System::Http { url } | System::OpenApi { url, .. } => {
                let mut headers = HeaderMap::new();
                headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
                headers.insert(header::ACCEPT, HeaderValue::from_static("application/json"));
                Prepared { method: Method::POST, url: url.clone(), headers, body: event }
            }
        }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests;
