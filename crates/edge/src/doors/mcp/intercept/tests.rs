#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;
use crate::doors::interceptors::InterceptorFailed;
use async_trait::async_trait;
use axum::Router;
use axum::middleware::from_fn;
use std::sync::Mutex;
use tower::ServiceExt;

/// Adds `"seen": true` to parameters and results, or fails at one of its hooks.
#[derive(Debug, Default)]
struct Marks {
    fails: Option<&'static str>,
    /// Parameters that replace those of each request.
    params: Option<Value>,
    answer: Option<Value>,
    seen: Mutex<Vec<Value>>,
}

#[async_trait]
impl Interceptors for Marks {
    async fn before(&self, request: &Intercepted) -> Result<Before, InterceptorFailed> {
        self.seen.lock().unwrap().push(request.body.clone());
        let mut body = request.body.clone();
        if let Some(params) = &self.params {
            body["params"] = params.clone();
        }
        body["params"]["seen"] = json!(true);
        match (self.fails, &self.answer) {
            (Some("before"), _) => Err(InterceptorFailed("secret".to_owned())),
            (_, Some(answer)) => Ok(Before::Answer(StatusCode::FORBIDDEN, answer.clone())),
            _ => Ok(Before::Continue(body)),
        }
    }

    async fn after(&self, _: &Intercepted, answered: Answered) -> Result<Value, InterceptorFailed> {
        let mut body = answered.body;
        body["result"]["seen"] = json!(answered.is_streaming);
        if self.fails == Some("after") { Err(InterceptorFailed("secret".to_owned())) } else { Ok(body) }
    }
}

/// The messages that the protocol received: `Mcp-Name` and the body.
type Received = Arc<Mutex<Vec<(String, String)>>>;

/// Sends `body` through the hooks to a protocol that answers with `answer` of the media type `kind`.
async fn sent(hooks: Arc<Marks>, body: &str, kind: &'static str, answer: &'static [&str]) -> (u16, String, Received) {
    let received = Received::default();
    let own = received.clone();
    let protocol = move |request: Request| {
        let own = own.clone();
        async move {
            let name = request.headers().get("mcp-name").map(|name| name.to_str().unwrap().to_owned());
            let body = to_bytes(request.into_body(), usize::MAX).await.unwrap();
            own.lock().unwrap().push((name.unwrap_or_default(), String::from_utf8(body.to_vec()).unwrap()));
            let chunks = futures::stream::iter(answer.iter().map(|chunk| Ok::<_, axum::Error>(*chunk)));
            ([(header::CONTENT_TYPE, kind)], Body::from_stream(chunks))
        }
    };
    let app = Router::new().fallback(protocol);
    let app = app.layer(from_fn(move |request, next| around(hooks.clone(), request, next)));
    let request = Request::post("/mcp").header("mcp-name", "refund").body(Body::from(body.to_owned())).unwrap();
    let answer = app.oneshot(request).await.unwrap();
    let status = answer.status().as_u16();
    let text = to_bytes(answer.into_body(), usize::MAX).await.unwrap();
    (status, String::from_utf8(text.to_vec()).unwrap(), received)
}

const CALL: &str = r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"refund"}}"#;
const STREAM: &[&str] = &[
    ":\n\n",
    "data: \nid: 0\n\n",
    "data: {\"method\":\"notifications/progress\",\"params\":{}}\n\n",
    "data: {\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}\n\n",
];

#[tokio::test]
async fn each_answer_with_an_id_is_shown_and_notifications_pass() {
    let (status, text, received) = sent(Arc::default(), CALL, "text/event-stream", STREAM).await;
    let passed = [STREAM[0], STREAM[1], STREAM[2]].concat();
    let last = text.strip_prefix(&passed).and_then(|rest| rest.strip_prefix("data: ")?.strip_suffix("\n\n"));
    // Its members are in no order that matters.
    let last: Value = serde_json::from_str(last.unwrap_or_else(|| panic!("{text}"))).unwrap();
    assert_eq!((status, last), (200, json!({ "jsonrpc": "2.0", "id": 1, "result": { "seen": true } })));
    assert!(received.lock().unwrap()[0].1.contains(r#""seen":true"#), "the changed request is carried out");
    let whole = &[r#"{"jsonrpc":"2.0","id":1,"result":{}}"#];
    let (_, text, _) = sent(Arc::default(), CALL, "application/json", whole).await;
    assert!(text.contains(r#""seen":false"#), "{text}");
}

#[tokio::test]
async fn an_interceptor_that_fails_lets_nothing_pass() {
    let fails = |hook| Arc::new(Marks { fails: Some(hook), ..Marks::default() });
    let (_, text, received) = sent(fails("before"), CALL, "text/event-stream", STREAM).await;
    assert!(text.contains(NOT_DONE) && text.contains(r#""id":1"#) && !text.contains("secret"), "{text}");
    assert!(received.lock().unwrap().is_empty(), "nothing is carried out");
    for (kind, answer) in [
        ("text/event-stream", STREAM),
        ("text/event-stream", &["data: {\"id\":1,\"result\":{}}\ndata: {}\n\n"]),
        ("text/event-stream", &["data: no JSON\n\n"]),
        ("application/json", &[r#"{"id":1,"result":{"secret":1}}"#]),
        ("application/json", &["no JSON"]),
    ] {
        let (_, text, _) = sent(fails("after"), CALL, kind, answer).await;
        assert!(text.contains("The answer is withheld") && !text.contains("secret"), "{answer:?} {text}");
        assert!(!text.contains("\"result\""), "{text}");
    }
}

#[tokio::test]
async fn an_interceptor_that_answers_keeps_the_protocol_out_and_its_answer_is_shown_too() {
    let answer = json!({ "jsonrpc": "2.0", "id": 1, "result": {} });
    let hooks = Arc::new(Marks { answer: Some(answer), ..Marks::default() });
    let (status, text, received) = sent(hooks, CALL, "text/event-stream", STREAM).await;
    assert_eq!(status, 403);
    assert!(text.contains(r#""seen":false"#), "{text}");
    assert!(received.lock().unwrap().is_empty());
}

/// The body; the shown messages; the carried out messages.
#[tokio::test]
async fn nothing_is_carried_out_that_was_not_shown() {
    for (body, shown, carried) in [
        (CALL, 1, 1),
        (r#"{"jsonrpc":"2.0","id":"a","method":"ping"}"#, 1, 1),
        (r#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{}}"#, 0, 1),
        (r#"{"jsonrpc":"2.0","id":1,"result":{}}"#, 0, 1),
        (r#"{"jsonrpc":"2.0","id":null,"method":"tools/call"}"#, 0, 0),
        (r#"{"jsonrpc":"2.0","id":{},"method":"tools/call"}"#, 0, 0),
        (r#"[{"jsonrpc":"2.0","id":1,"method":"tools/call"}]"#, 0, 0),
        ("hello", 0, 0),
        ("", 0, 0),
    ] {
        let hooks = Arc::new(Marks::default());
        let (_, _, received) = sent(hooks.clone(), body, "application/json", &["{}"]).await;
        assert_eq!((hooks.seen.lock().unwrap().len(), received.lock().unwrap().len()), (shown, carried), "{body}");
    }
    // A second spelling of a member cannot hide a request: what is carried out is what was shown.
    let twice = r#"{"jsonrpc":"2.0","id":1,"method":"ping","method":"tools/call","params":{"name":"a","name":"b"}}"#;
    let hooks = Arc::new(Marks::default());
    let (_, _, received) = sent(hooks.clone(), twice, "application/json", &["{}"]).await;
    assert_eq!(hooks.seen.lock().unwrap()[0]["method"], "tools/call");
    let carried: Value = serde_json::from_str(&received.lock().unwrap()[0].1).unwrap();
    assert_eq!((&carried["method"], &carried["params"]["name"]), (&json!("tools/call"), &json!("b")));
}

#[tokio::test]
async fn the_header_follows_a_tool_that_an_interceptor_chose() {
    for (body, params, expected) in [
        (CALL, json!({ "name": "status" }), "status"),
        (&CALL.replace("refund", "delete"), json!({ "name": "refund" }), "refund"),
        (&CALL.replace("refund", "delete"), json!({ "name": "status" }), "refund"),
        (CALL, json!({ "name": "a\nb" }), "refund"),
    ] {
        let hooks = Arc::new(Marks { params: Some(params), ..Marks::default() });
        let (_, _, received) = sent(hooks, body, "application/json", &["{}"]).await;
        assert_eq!(received.lock().unwrap()[0].0, expected, "{body}");
    }
}
