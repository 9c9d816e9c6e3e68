//! The request of AWS Lambda's `Invoke`. The payload is the arguments, and the client context names target and tool, as at
//! `AgentCore` Gateway: a function that serves one serves the other.

use crate::config::FunctionArn;
use crate::http_call::{Prepared, encoded};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use serde_json::{Map, Value, json};
use url::Url;

/// Identifies us where `AgentCore` Gateway names itself.
const GATEWAY: &str = "countersign";

/// The names of the call in the function's client context.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Names<'a> {
    pub(crate) target: &'a str,
    /// With the target's name before it: `orders___refund`.
    pub(crate) tool: &'a str,
    pub(crate) call: &'a str,
}

/// Builds the request (Lambda API reference, `Invoke`: API version 2015-03-31).
pub(crate) fn request(
    endpoint: &Url,
    function: &FunctionArn,
    names: Names<'_>,
    arguments: &Map<String, Value>,
) -> Prepared {
    let mut request = invocation(endpoint, function, Value::Object(arguments.clone()).to_string().into_bytes());
    // Base64 is always a header's value.
    if let Ok(context) = HeaderValue::from_str(&client_context(names)) {
        request.headers.insert(HeaderName::from_static("x-amz-client-context"), context);
    }
    request
}

/// Builds a synchronous invocation with this payload and without a client context.
pub(crate) fn invocation(endpoint: &Url, function: &FunctionArn, body: Vec<u8>) -> Prepared {
    let mut url = endpoint.clone();
    let base = endpoint.path().trim_end_matches('/');
    url.set_path(&format!("{base}/2015-03-31/functions/{}/invocations", encoded(function.as_str())));
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(HeaderName::from_static("x-amz-invocation-type"), HeaderValue::from_static("RequestResponse"));
    Prepared { method: Method::POST, url, headers, body }
}

/// The client context, at most 3,583 bytes. `AgentCore` Developer Guide, "Lambda function input format". There is no
/// request of MCP and no request id of AWS here: both places hold the id of the call.
fn client_context(names: Names<'_>) -> String {
    let custom = json!({
        "bedrockAgentCoreMessageVersion": "1.0",
        "bedrockAgentCoreAwsRequestId": names.call,
        "bedrockAgentCoreMcpMessageId": names.call,
        "bedrockAgentCoreGatewayId": GATEWAY,
        "bedrockAgentCoreTargetId": names.target,
        "bedrockAgentCoreToolName": names.tool,
    });
    STANDARD.encode(json!({"custom": custom}).to_string())
}
