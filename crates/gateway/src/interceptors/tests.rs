use super::*;
use crate::config::GatewayConfig;
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{Response, Uri};
use secrecy::SecretString;
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;

/// The events that an interceptor received, and its next answers by path.
#[derive(Clone, Default)]
struct Peer {
    seen: Arc<Mutex<Vec<(HeaderMap, Value)>>>,
    answer: Arc<Mutex<String>>,
}

async fn answer(State(peer): State<Peer>, uri: Uri, headers: HeaderMap, body: Bytes) -> Response<Body> {
    peer.seen.lock().unwrap().push((headers, serde_json::from_slice(&body).unwrap()));
    let text = peer.answer.lock().unwrap().clone();
    match uri.path() {
        "/hangs" => std::future::pending().await,
        "/fails" => Response::builder().status(500).body(Body::from(text)).unwrap(),
        "/moved" => Response::builder().status(307).header("location", "/").body(Body::empty()).unwrap(),
        path if path.starts_with("/2015-03-31/") && text == "fails" => {
            let error = r#"{"errorMessage":"boom"}"#;
            Response::builder().header("x-amz-function-error", "Unhandled").body(Body::from(error)).unwrap()
        }
        _ => Response::new(Body::from(text)),
    }
}

/// Interceptors at both hooks with these settings.
async fn interceptors(settings: impl Fn(&str) -> String) -> (Interceptors, Peer) {
    let peer = Peer::default();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(axum::serve(listener, Router::new().fallback(answer).with_state(peer.clone())).into_future());
    let own = settings(&url);
    let text = format!("allow = [\"{url}\"]\n[interceptors.request]\n{own}\n[interceptors.response]\n{own}\n");
    let config = GatewayConfig::parse(&text).unwrap();
    let aws = Credentials::new("AKID", "secret", None, None, "test");
    let connections = Connections {
        secrets: config.secrets().map(|secret| (secret.clone(), SecretString::from("canary"))).collect(),
        aws: Some(SharedCredentialsProvider::new(aws)),
        lookup: Arc::new(egress::SystemLookup),
    };
    (Interceptors::new(&config, &connections).unwrap().unwrap(), peer)
}

fn body() -> Value {
    json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": { "name": "refund", "arguments": { "cents": 5 } } })
}

/// A request, and what it borrows.
struct Own(HeaderMap, String, Value);

impl Own {
    fn request(&self) -> Request<'_> {
        Request { path: "/mcp", headers: &self.0, raw: &self.1, body: &self.2 }
    }
}

fn own() -> Own {
    let mut headers = HeaderMap::new();
    for (name, value) in [
        ("authorization", "Bearer canary"),
        ("cookie", "a=canary"),
        ("dpop", "canary"),
        ("accept", "application/json"),
        ("accept", "text/event-stream"),
    ] {
        headers.append(name, HeaderValue::from_static(value));
    }
    Own(headers, body().to_string(), body())
}

fn result() -> Value {
    json!({ "jsonrpc": "2.0", "id": 1, "result": { "content": [] } })
}

fn output(mcp: Value) -> String {
    json!({ "interceptorOutputVersion": "1.0", "mcp": mcp }).to_string()
}

/// The payloads of AWS's guide.
#[tokio::test]
async fn the_events_are_those_of_agentcore_gateway() {
    let (hooks, peer) = interceptors(|url| format!("url = \"{url}/\"")).await;
    *peer.answer.lock().unwrap() = output(json!({}));
    assert_eq!(hooks.before(&own().request()).await.unwrap(), Before::Continue(body()));
    let answered = Answered { status: 200, is_streaming: true, body: result() };
    assert_eq!(hooks.after(&own().request(), answered).await.unwrap(), result());
    let mut golden = json!({
        "interceptorInputVersion": "1.0",
        "mcp": {
            "rawGatewayRequest": { "body": body().to_string() },
            "gatewayRequest": { "path": "/mcp", "httpMethod": "POST", "body": body() },
        },
    });
    let seen = peer.seen.lock().unwrap();
    assert_eq!(seen[0].1, golden);
    golden["mcp"]["gatewayResponse"] = json!({
        "statusCode": 200,
        "headers": { "Content-Type": "application/json" },
        "body": result(),
        "isStreamingResponse": true,
    });
    assert_eq!(seen[1].1, golden);
}

#[tokio::test]
async fn the_callers_credentials_are_passed_only_if_the_file_says_so() {
    let accept = "application/json, text/event-stream";
    for (settings, expected) in [
        ("", None),
        ("pass_request_headers = true", Some(json!({ "accept": accept }))),
        (
            "pass_request_headers = true\npass_authorization = true",
            Some(json!({ "accept": accept, "authorization": "Bearer canary" })),
        ),
    ] {
        let (hooks, peer) = interceptors(|url| format!("url = \"{url}/\"\n{settings}")).await;
        *peer.answer.lock().unwrap() = output(json!({}));
        hooks.before(&own().request()).await.unwrap();
        let (own, event) = peer.seen.lock().unwrap()[0].clone();
        assert_eq!(event["mcp"]["gatewayRequest"].get("headers").cloned(), expected, "{settings}");
        assert!(!own.contains_key("authorization"), "the request itself carries no token of the caller");
    }
}

#[tokio::test]
async fn a_function_and_a_key_work_as_for_targets() {
    let function = "arn:aws:lambda:eu-central-1:123456789012:function:gate";
    let (hooks, peer) = interceptors(|url| format!("function = \"{function}\"\nurl = \"{url}\"")).await;
    *peer.answer.lock().unwrap() = output(json!({}));
    assert_eq!(hooks.before(&own().request()).await.unwrap(), Before::Continue(body()));
    let headers = peer.seen.lock().unwrap()[0].0.clone();
    assert!(headers["authorization"].to_str().unwrap().starts_with("AWS4-HMAC-SHA256"), "{headers:?}");
    *peer.answer.lock().unwrap() = "fails".to_owned();
    assert_eq!(
        hooks.before(&own().request()).await.unwrap_err(),
        InterceptorError::Failed("the function failed".to_owned())
    );

    let key = "credential = { kind = \"api_key\", header = \"X-Gate\", secret_env = \"GATE\" }";
    let (hooks, peer) = interceptors(|url| format!("url = \"{url}/\"\n{key}")).await;
    *peer.answer.lock().unwrap() = output(json!({}));
    hooks.before(&own().request()).await.unwrap();
    assert_eq!(peer.seen.lock().unwrap()[0].0["x-gate"], "canary");
}

/// The answer of the interceptor; the decision, or `None` for a refusal.
#[tokio::test]
async fn a_request_continues_changed_or_not_or_is_answered_and_everything_else_refuses() {
    let (hooks, peer) = interceptors(|url| format!("url = \"{url}/\"")).await;
    let with = |member: &str, value: Value| {
        let mut changed = body();
        changed[member] = value;
        changed
    };
    let rewritten = with("params", json!({ "name": "refund", "arguments": { "cents": 1 } }));
    let changed = |body: &Value| json!({ "transformedGatewayRequest": { "headers": { "authorization": "Bearer x" }, "body": body } });
    let answered = |status: Value, body: &Value| json!({ "transformedGatewayResponse": { "statusCode": status, "headers": {}, "body": body } });
    let denied = json!({ "jsonrpc": "2.0", "id": 1, "error": { "code": -32002, "message": "denied" } });
    let other = json!({ "jsonrpc": "2.0", "id": 2, "result": {} });
    let both = json!({ "transformedGatewayRequest": { "body": rewritten },
        "transformedGatewayResponse": { "statusCode": 403, "body": denied } });
    for (answer, expected) in [
        (output(json!({})), Some(Before::Continue(body()))),
        (output(json!({ "transformedGatewayRequest": null })), Some(Before::Continue(body()))),
        (output(json!({ "transformedGatewayRequest": { "body": null } })), Some(Before::Continue(body()))),
        (output(changed(&rewritten)), Some(Before::Continue(rewritten.clone()))),
        (output(answered(json!(403), &denied)), Some(Before::Answer(403, denied.clone()))),
        (output(answered(Value::Null, &result())), Some(Before::Answer(200, result()))),
        (output(both), Some(Before::Answer(403, denied.clone()))),
        (output(changed(&with("id", json!(2)))), None),
        (output(changed(&with("method", json!("tasks/cancel")))), None),
        (output(changed(&with("params", json!([1])))), None),
        (output(changed(&json!("tools/call"))), None),
        (output(changed(&json!([body()]))), None),
        (output(answered(json!(200), &other)), None),
        (output(answered(json!(99), &result())), None),
        (output(answered(json!(200), &json!({ "jsonrpc": "2.0", "id": 1 }))), None),
        (output(json!({ "transformedGatewayResponse": { "statusCode": 200 } })), None),
        (json!({ "interceptorOutputVersion": "2.0", "mcp": {} }).to_string(), None),
        (json!({ "mcp": {} }).to_string(), None),
        (json!({ "interceptorOutputVersion": "1.0", "http": {} }).to_string(), None),
        ("null".to_owned(), None),
        (String::new(), None),
        ("{".to_owned(), None),
        (format!("{}{}", output(json!({})), " ".repeat(LARGEST_PAYLOAD)), None),
    ] {
        peer.answer.lock().unwrap().clone_from(&answer);
        let short = answer.chars().take(200).collect::<String>();
        assert_eq!(hooks.before(&own().request()).await.ok(), expected, "{short}");
    }
}

#[tokio::test]
async fn an_answer_is_replaced_by_one_to_the_same_request_alone() {
    let (hooks, peer) = interceptors(|url| format!("url = \"{url}/\"")).await;
    let answered = |body: Value| Answered { status: 200, is_streaming: true, body };
    let masked = json!({ "jsonrpc": "2.0", "id": 1, "result": { "content": ["masked"] } });
    let foreign = json!({ "jsonrpc": "2.0", "id": 2, "result": {} });
    let asks = json!({ "jsonrpc": "2.0", "id": 1, "method": "elicitation/create", "result": {} });
    for (body, expected) in [(masked.clone(), Some(masked)), (foreign, None), (asks, None), (json!(1), None)] {
        *peer.answer.lock().unwrap() = output(json!({ "transformedGatewayResponse": { "body": body } }));
        assert_eq!(hooks.after(&own().request(), answered(result())).await.ok(), expected, "{body}");
    }
    let long = json!({ "jsonrpc": "2.0", "id": 1, "result": { "text": "x".repeat(LARGEST_PAYLOAD) } });
    *peer.answer.lock().unwrap() = output(json!({}));
    assert_eq!(hooks.after(&own().request(), answered(long)).await.unwrap_err(), InterceptorError::TooLarge);
}

#[tokio::test]
async fn an_interceptor_that_hangs_fails_or_points_elsewhere_refuses() {
    for path in ["hangs", "fails", "moved"] {
        let (hooks, peer) = interceptors(|url| format!("url = \"{url}/{path}\"\nseconds = 1")).await;
        *peer.answer.lock().unwrap() = output(json!({}));
        assert!(hooks.before(&own().request()).await.is_err(), "{path}");
        let answered = Answered { status: 200, is_streaming: false, body: result() };
        assert!(hooks.after(&own().request(), answered).await.is_err(), "{path}");
    }
}

#[test]
fn without_interceptors_there_is_no_engine() {
    let connections = Connections { secrets: BTreeMap::new(), aws: None, lookup: Arc::new(egress::SystemLookup) };
    assert!(Interceptors::new(&GatewayConfig::default(), &connections).unwrap().is_none());
}
