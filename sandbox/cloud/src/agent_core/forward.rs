//! The request that reaches the container, and its answer on the way back.

use axum::body::Body;
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, Request, StatusCode, header};
use axum::response::Response;
use sandbox_kit::canary;

use super::error::AgentCoreError;
use super::{Inbound, Runtime, SESSION};

/// Headers of the caller that reach every container (`InvokeAgentRuntime`).
const FORWARDED: [&str; 10] = [
    "content-type",
    "accept",
    "x-amzn-trace-id",
    "traceparent",
    "tracestate",
    "baggage",
    "mcp-session-id",
    "mcp-protocol-version",
    "mcp-method",
    "mcp-name",
];

/// The words of a caller that may act for users; AgentCore does not verify them.
const USER: &str = "x-amzn-bedrock-agentcore-runtime-user-id";
/// Headers with this beginning reach the container if its allowlist has them; here it has all.
const CUSTOM: &str = "x-amzn-bedrock-agentcore-runtime-custom-";
/// The token by which the container reaches AgentCore Identity.
const WORKLOAD_TOKEN: &str = "workloadaccesstoken";

/// Headers of the container that reach the caller.
const ANSWERED: [&str; 7] = [
    "content-type",
    "x-amzn-trace-id",
    "traceparent",
    "tracestate",
    "baggage",
    "mcp-session-id",
    "mcp-protocol-version",
];

pub(super) fn request(
    runtime: &Runtime,
    parts: &Parts,
    session: &str,
    body: Vec<u8>,
) -> Result<Request<Body>, AgentCoreError> {
    let malformed = |_| AgentCoreError::Malformed;
    let mut request =
        Request::post(format!("{}/invocations", runtime.container)).body(Body::from(body)).map_err(malformed)?;
    let headers = request.headers_mut();
    for (name, value) in &parts.headers {
        let passes = match &runtime.inbound {
            Inbound::Iam => name == USER,
            // Trusted to say who the user is: a header that says otherwise is dropped.
            Inbound::Jwt(_) => name == header::AUTHORIZATION,
        };
        if passes || FORWARDED.contains(&name.as_str()) || name.as_str().starts_with(CUSTOM) {
            headers.append(name, value.clone());
        }
    }
    headers.insert(HeaderName::from_static(SESSION), value(session)?);
    headers.insert(HeaderName::from_static(WORKLOAD_TOKEN), value(&canary::random(40))?);
    Ok(request)
}

fn value(text: &str) -> Result<HeaderValue, AgentCoreError> {
    HeaderValue::from_str(text).map_err(|_| AgentCoreError::Malformed)
}

/// Passes the body on while it arrives. An error of the container is told as one, without its body.
pub(super) fn answer(answer: Response, session: &str) -> Result<Response, AgentCoreError> {
    let (parts, body) = answer.into_parts();
    if !parts.status.is_success() {
        return Err(AgentCoreError::Container(parts.status));
    }
    let mut passed = Response::new(body);
    *passed.status_mut() = StatusCode::OK;
    for (name, value) in &parts.headers {
        if ANSWERED.contains(&name.as_str()) {
            passed.headers_mut().append(name, value.clone());
        }
    }
    passed.headers_mut().insert(HeaderName::from_static(SESSION), value(session)?);
    Ok(passed)
}
