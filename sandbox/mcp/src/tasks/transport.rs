//! The rules of Streamable HTTP: the revision of a request, and the agreement of headers and body.

use axum::http::{HeaderMap, StatusCode, header};
use serde_json::Value;

use crate::rpc::{CAPABILITIES_KEY, LEGACY, MODERN, Message, RpcError, VERSION_KEY};

/// Longest accepted body, in bytes.
pub(super) const LONGEST_BODY: usize = 256 * 1024;

/// The revision of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Era {
    /// 2026-07-28: every request is self-contained.
    Modern,
    /// 2025-11-25: `initialize`, then a session.
    Legacy,
}

/// Checks origin, content type and `Accept` before the message is interpreted.
pub(super) fn envelope(headers: &HeaderMap) -> Result<(), (StatusCode, &'static str)> {
    let origin = text(headers, "origin");
    if origin.is_some_and(|origin| !is_loopback(origin)) {
        return Err((StatusCode::FORBIDDEN, "this origin is not allowed"));
    }
    let kind = text(headers, header::CONTENT_TYPE.as_str()).unwrap_or_default();
    if !kind.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/json") {
        return Err((StatusCode::UNSUPPORTED_MEDIA_TYPE, "a body must be application/json"));
    }
    let accept = text(headers, header::ACCEPT.as_str()).unwrap_or_default();
    let takes = |kind: &str| accept.split(',').any(|one| one.split(';').next().unwrap_or_default().trim() == kind);
    if !takes("application/json") || !takes("text/event-stream") {
        return Err((StatusCode::NOT_ACCEPTABLE, "a client must accept application/json and text/event-stream"));
    }
    Ok(())
}

/// Returns the request's revision; for 2026-07-28, checks that headers and body agree.
pub(super) fn era(headers: &HeaderMap, message: &Message) -> Result<Era, RpcError> {
    let version = text(headers, "mcp-protocol-version");
    let stated = message.meta(VERSION_KEY);
    match (version, stated) {
        (_, None) if message.method == "initialize" => Ok(Era::Legacy),
        (Some(LEGACY), None) => Ok(Era::Legacy),
        (None, None) if message.method != "server/discover" => Ok(Era::Legacy),
        (Some(LEGACY), Some(_)) => Err(RpcError::header("MCP-Protocol-Version differs from the version in the body")),
        (Some(MODERN), _) => modern(headers, message).map(|()| Era::Modern),
        (Some(other), _) => Err(RpcError::version(other, &[MODERN, LEGACY])),
        (None, _) => Err(RpcError::header("there is no MCP-Protocol-Version")),
    }
}

/// Returns the revision of a request to a server whose operator enabled only `enabled`, all older than 2026-07-28.
/// Such a server rejects a version that it knows but has not enabled like an unknown one (2026-07-28,
/// basic/versioning). Not verified against `AgentCore` Gateway, which has such a list (`supportedVersions`).
pub(super) fn era_of(enabled: &[&str], headers: &HeaderMap, message: &Message) -> Result<Era, RpcError> {
    let stated = message.meta(VERSION_KEY).and_then(Value::as_str).or_else(|| text(headers, "mcp-protocol-version"));
    match stated {
        Some(version) if !enabled.contains(&version) => Err(RpcError::version(version, enabled)),
        _ => Ok(Era::Legacy),
    }
}

fn modern(headers: &HeaderMap, message: &Message) -> Result<(), RpcError> {
    if text(headers, "mcp-method") != Some(message.method.as_str()) {
        return Err(RpcError::header("Mcp-Method differs from the method in the body"));
    }
    if message.method == "tools/call" && text(headers, "mcp-name") != message.text("name") {
        return Err(RpcError::header("Mcp-Name differs from the name of the tool"));
    }
    if message.id.is_none() {
        return Ok(());
    }
    match message.meta(VERSION_KEY).and_then(Value::as_str) {
        Some(MODERN) => {}
        Some(_) => return Err(RpcError::header("MCP-Protocol-Version differs from the version in the body")),
        None => return Err(RpcError::bad(-32602, "_meta lacks the protocol version")),
    }
    match message.meta(CAPABILITIES_KEY) {
        Some(Value::Object(_)) => Ok(()),
        _ => Err(RpcError::bad(-32602, "_meta lacks the client's capabilities")),
    }
}

/// Returns a header that occurs exactly once; a repeated header counts as missing.
pub(super) fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let mut all = headers.get_all(name).iter();
    match (all.next(), all.next()) {
        (Some(one), None) => one.to_str().ok(),
        _ => None,
    }
}

fn is_loopback(origin: &str) -> bool {
    let host = origin.strip_prefix("http://").unwrap_or_default();
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    name == "localhost" || name == "127.0.0.1"
}
