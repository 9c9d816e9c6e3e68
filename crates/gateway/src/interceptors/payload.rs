//! The payloads of interceptors, as `AgentCore` Gateway has them for MCP: `AgentCore` Developer Guide, "Types of
//! interceptors". Both directions name their version, `1.0`.

use super::{Answered, Request};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// The only version of both payloads.
const VERSION: &str = "1.0";

/// The event that an interceptor receives.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Input<'a> {
    interceptor_input_version: &'static str,
    mcp: InputMcp<'a>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct InputMcp<'a> {
    raw_gateway_request: Raw<'a>,
    gateway_request: GatewayRequest<'a>,
    /// Only at the RESPONSE hook: by it a function that serves both tells them apart.
    #[serde(skip_serializing_if = "Option::is_none")]
    gateway_response: Option<GatewayResponse<'a>>,
}

#[derive(Debug, Serialize)]
struct Raw<'a> {
    body: &'a str,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct GatewayRequest<'a> {
    path: &'a str,
    http_method: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    headers: Option<&'a BTreeMap<String, String>>,
    body: &'a Value,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct GatewayResponse<'a> {
    status_code: u16,
    headers: BTreeMap<&'static str, &'static str>,
    body: &'a Value,
    is_streaming_response: bool,
}

impl<'a> Input<'a> {
    /// The event of a request, and of its answer if there is one.
    pub(super) fn new(
        request: &Request<'a>,
        headers: Option<&'a BTreeMap<String, String>>,
        answered: Option<&'a Answered>,
    ) -> Self {
        let gateway_response = answered.map(|answered| GatewayResponse {
            status_code: answered.status,
            headers: BTreeMap::from([("Content-Type", "application/json")]),
            body: &answered.body,
            is_streaming_response: answered.is_streaming,
        });
        let raw_gateway_request = Raw { body: request.raw };
        let gateway_request = GatewayRequest { path: request.path, http_method: "POST", headers, body: request.body };
        Self {
            interceptor_input_version: VERSION,
            mcp: InputMcp { raw_gateway_request, gateway_request, gateway_response },
        }
    }
}

/// The answer of an interceptor. Members that are not listed here, such as headers, have no effect.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Output {
    #[serde(deserialize_with = "version")]
    interceptor_output_version: (),
    mcp: OutputMcp,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct OutputMcp {
    #[serde(default)]
    pub(super) transformed_gateway_request: Option<TransformedRequest>,
    #[serde(default)]
    pub(super) transformed_gateway_response: Option<TransformedResponse>,
}

#[derive(Debug, Deserialize)]
pub(super) struct TransformedRequest {
    /// Absent or null: the request stays as it is.
    #[serde(default)]
    pub(super) body: Option<Value>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct TransformedResponse {
    #[serde(default)]
    pub(super) status_code: Option<u16>,
    /// Absent or null: the answer stays as it is.
    #[serde(default)]
    pub(super) body: Option<Value>,
}

impl Output {
    /// The part about MCP.
    pub(super) fn into_mcp(self) -> OutputMcp {
        let Self { interceptor_output_version: (), mcp } = self;
        mcp
    }
}

fn version<'de, D: Deserializer<'de>>(deserializer: D) -> Result<(), D::Error> {
    let version = String::deserialize(deserializer)?;
    if version == VERSION { Ok(()) } else { Err(serde::de::Error::custom("another version")) }
}
