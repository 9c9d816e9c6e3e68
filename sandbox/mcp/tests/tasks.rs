//! The MCP server `tasks`, tested over HTTP.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::sync::Arc;

use axum::body::Body;
use axum::http::{HeaderMap, Request};
use sandbox_kit::{Clock, Sins};
use sandbox_mcp::Tasks;
use sandbox_mcp::tasks::{Caller, Form, Refused, Settings};
use serde_json::{Value, json};
use tower::ServiceExt;

struct World {
    tasks: Tasks,
    sins: Sins,
    clock: Clock,
}

/// Creates a server whose tokens have the form `sub/client/scope+scope`; `elsewhere` has another audience, any other
/// token is invalid.
fn world() -> World {
    let (clock, sins) = (Clock::default(), Sins::default());
    let settings = Settings {
        url: "http://tasks.test".to_owned(),
        issuer: "http://idp.test/".to_owned(),
        clients: vec!["app".to_owned()],
    };
    let authenticate = Arc::new(|token: &str| {
        let parts: Vec<_> = token.split('/').collect();
        match parts[..] {
            ["elsewhere"] => Err(Refused::Audience),
            [subject, client, scopes] => Ok(Caller {
                subject: subject.to_owned(),
                client: client.to_owned(),
                scopes: scopes.split('+').map(str::to_owned).collect(),
            }),
            _ => Err(Refused::Token),
        }
    });
    World { tasks: Tasks::new(settings, authenticate, clock.clone(), sins.clone()), sins, clock }
}

const ADA: &str = "auth0|ada/app/tasks:read";

impl World {
    async fn send(&self, method: &str, headers: &[(&str, &str)], body: &Value) -> (u16, HeaderMap, String) {
        let mut request = Request::builder().method(method).uri("/mcp");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let body = if body.is_null() { Body::empty() } else { Body::from(body.to_string()) };
        let response = self.tasks.router().oneshot(request.body(body).unwrap()).await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let body = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
        (status, headers, String::from_utf8(body.to_vec()).unwrap())
    }

    /// Sends a valid 2026-07-28 request after `change` has replaced headers; an empty value removes a header.
    async fn modern(&self, token: &str, body: Value, change: &[(&str, &str)]) -> (u16, Value) {
        let bearer = format!("Bearer {token}");
        let method = body["method"].as_str().unwrap_or_default().to_owned();
        let name = body["params"]["name"].as_str().unwrap_or_default().to_owned();
        let mut headers = vec![
            ("authorization", bearer.as_str()),
            ("content-type", "application/json"),
            ("accept", "application/json, text/event-stream"),
            ("mcp-protocol-version", "2026-07-28"),
            ("mcp-method", &method),
            ("mcp-name", &name),
        ];
        headers.retain(|(own, value)| !value.is_empty() && change.iter().all(|(other, _)| other != own));
        headers.extend(change.iter().filter(|(_, value)| !value.is_empty()));
        let (status, _, body) = self.send("POST", &headers, &body).await;
        (status, serde_json::from_str(&body).unwrap_or(Value::String(body)))
    }
}

fn request(method: &str, mut params: Value) -> Value {
    params["_meta"] = json!({"io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientCapabilities": {}});
    json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params})
}

fn names(answer: &Value) -> Vec<&str> {
    answer["result"]["tools"].as_array().unwrap().iter().map(|tool| tool["name"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_person_gets_their_own_tasks() {
    for (token, expected) in [
        (ADA, vec!["T-101", "T-102", "T-103"]),
        ("auth0|bob/app/tasks:read", vec!["T-201", "T-202"]),
        ("x/app/tasks:read", vec![]),
    ] {
        let world = world();
        let call = request("tools/call", json!({"name": "tasks___get_tasks", "arguments": {"status": "open"}}));
        let (status, answer) = world.modern(token, call, &[]).await;
        let tasks = answer["result"]["structuredContent"]["tasks"].as_array().unwrap();
        let ids: Vec<_> = tasks.iter().map(|task| task["id"].as_str().unwrap()).collect();
        assert_eq!((status, ids), (200, expected), "{answer}");
        assert_eq!(answer["result"]["resultType"], "complete");
        assert_eq!(world.sins.all(), []);
    }
}

#[tokio::test]
async fn only_listed_tools_can_be_called() {
    for (scopes, listed) in [
        ("tasks:read", vec!["tasks___get_tasks"]),
        ("tasks:write", vec!["tasks___complete_task"]),
        ("tasks:read+tasks:write", vec!["tasks___get_tasks", "tasks___complete_task"]),
    ] {
        let (world, token) = (world(), format!("auth0|ada/app/{scopes}"));
        let (_, answer) = world.modern(&token, request("tools/list", json!({})), &[]).await;
        assert_eq!(names(&answer), listed);
        assert_eq!(answer["result"]["cacheScope"], "private");
        for name in ["tasks___get_tasks", "tasks___complete_task", "get_tasks", "no_such"] {
            let arguments = if name.ends_with("complete_task") { json!({"id": "T-101"}) } else { json!({}) };
            let call = request("tools/call", json!({"name": name, "arguments": arguments}));
            let (status, answer) = world.modern(&token, call, &[]).await;
            assert_eq!(status, 200);
            assert_eq!(answer["error"]["code"] == -32602, !listed.contains(&name), "{scopes} {name}: {answer}");
            assert_eq!(answer["result"]["isError"] == false, listed.contains(&name), "{scopes} {name}: {answer}");
        }
    }
}

#[tokio::test]
async fn each_request_needs_a_token_that_is_valid_for_this_server() {
    let challenge =
        "resource_metadata=\"http://tasks.test/.well-known/oauth-protected-resource\", scope=\"tasks:read\"";
    let rows = [
        ("", 401, Some("Bearer resource_metadata".to_owned())),
        ("Bearer none", 401, Some(format!("Bearer error=\"invalid_token\", {challenge}"))),
        ("Basic none", 401, Some(format!("Bearer {challenge}"))),
        ("Bearer elsewhere", 403, None),
        ("Bearer auth0|ada/other/tasks:read", 403, None),
        ("Bearer auth0|ada/app/mail:read", 403, Some(format!("Bearer error=\"insufficient_scope\", {challenge}"))),
    ];
    for (value, expected, asked) in rows {
        let world = world();
        let mut headers = vec![("content-type", "application/json"), ("accept", "application/json, text/event-stream")];
        if !value.is_empty() {
            headers.push(("authorization", value));
        }
        for method in ["POST", "GET", "DELETE"] {
            let (status, headers, _) = world.send(method, &headers, &request("tools/list", json!({}))).await;
            let told = headers.get("www-authenticate").map(|value| value.to_str().unwrap());
            assert_eq!(status, expected, "{method} {value}");
            assert_eq!(told.is_some(), asked.is_some(), "{value}");
            assert!(told.unwrap_or_default().starts_with(asked.as_deref().unwrap_or_default()), "{value}: {told:?}");
        }
    }
}

#[tokio::test]
async fn headers_and_body_must_agree() {
    let list = || request("tools/list", json!({}));
    let call = || request("tools/call", json!({"name": "tasks___get_tasks"}));
    let without = |key: &str| {
        let mut list = list();
        list["params"]["_meta"].as_object_mut().unwrap().remove(key);
        list
    };
    let mut other = list();
    other["params"]["_meta"]["io.modelcontextprotocol/protocolVersion"] = "2025-11-25".into();
    let rows: Vec<(Value, (&str, &str), u16, i64)> = vec![
        (list(), ("mcp-method", ""), 400, -32020),
        (list(), ("mcp-method", "tools/call"), 400, -32020),
        (call(), ("mcp-name", ""), 400, -32020),
        (call(), ("mcp-name", "tasks___complete_task"), 400, -32020),
        (list(), ("mcp-protocol-version", ""), 400, -32020),
        (list(), ("mcp-protocol-version", "2025-11-25"), 400, -32020),
        (list(), ("mcp-protocol-version", "1999-01-01"), 400, -32022),
        (other, ("x", ""), 400, -32020),
        (without("io.modelcontextprotocol/clientCapabilities"), ("x", ""), 400, -32602),
        (without("io.modelcontextprotocol/protocolVersion"), ("x", ""), 400, -32602),
        (request("prompts/list", json!({})), ("x", ""), 404, -32601),
        (json!([list()]), ("mcp-method", "tools/list"), 400, -32600),
        (json!({"jsonrpc": "1.0", "id": 1, "method": "x"}), ("x", ""), 400, -32600),
        (json!({"jsonrpc": "2.0", "id": null, "method": "x"}), ("x", ""), 400, -32600),
        (json!({"jsonrpc": "2.0", "id": 1, "method": "x", "params": []}), ("x", ""), 400, -32602),
    ];
    for (body, change, expected, code) in rows {
        let world = world();
        let (status, answer) = world.modern(ADA, body, &[change]).await;
        assert_eq!((status, &answer["error"]["code"]), (expected, &json!(code)), "{change:?}: {answer}");
        assert_eq!(world.sins.all().len(), usize::from(expected == 400 && code != -32022), "{change:?}");
    }
    for (change, expected) in [
        (("accept", "application/json"), 406),
        (("content-type", "text/plain"), 415),
        (("origin", "https://evil.example"), 403),
    ] {
        assert_eq!(world().modern(ADA, list(), &[change]).await.0, expected, "{change:?}");
    }
}

#[tokio::test]
async fn a_session_of_the_older_revision_belongs_to_the_person_who_began_it() {
    let world = world();
    let bob = "Bearer auth0|bob/app/tasks:read";
    let (ada, basic) = (
        format!("Bearer {ADA}"),
        [("content-type", "application/json"), ("accept", "application/json, text/event-stream")],
    );
    let with = |more: &[(&'static str, &str)]| -> Vec<(String, String)> {
        basic.iter().chain(more).map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    };
    let post = async |headers: Vec<(String, String)>, body: Value| {
        let headers: Vec<_> = headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        world.send("POST", &headers, &body).await
    };
    let rpc = |method: &str, params: Value| json!({"jsonrpc": "2.0", "id": "a", "method": method, "params": params});
    let hello = rpc(
        "initialize",
        json!({"protocolVersion": "2026-07-28", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}}),
    );
    world.tasks.answer_as(Form::EventStream);
    let (status, headers, body) = post(with(&[("authorization", &ada)]), hello).await;
    let session = headers["mcp-session-id"].to_str().unwrap().to_owned();
    assert!(status == 200 && body.contains("\"protocolVersion\":\"2025-11-25\""), "{body}");
    world.tasks.answer_as(Form::Json);

    let own = |who: &str| {
        with(&[("authorization", who), ("mcp-session-id", &session), ("mcp-protocol-version", "2025-11-25")])
    };
    let list = rpc("tools/list", json!({}));
    assert_eq!(post(own(&ada), list.clone()).await.0, 400, "not ready yet");
    let ready = json!({"jsonrpc": "2.0", "method": "notifications/initialized"});
    assert_eq!(post(own(&ada), ready).await.0, 202);
    let (status, _, body) = post(own(&ada), list.clone()).await;
    assert!(status == 200 && body.contains("tasks___get_tasks"), "{body}");
    assert_eq!(post(own(bob), list.clone()).await.0, 404, "a session does not replace a token");
    assert_eq!(post(with(&[("authorization", &ada)]), list.clone()).await.0, 400, "no session");
    let old = with(&[("authorization", &ada), ("mcp-session-id", &session), ("mcp-protocol-version", "2025-06-18")]);
    assert_eq!(post(old, list.clone()).await.0, 400, "the revision differs from the agreed one");
    world.clock.advance(3601);
    assert_eq!(post(own(&ada), list).await.0, 404, "over");
    assert!(!format!("{:?}", world.tasks.requests()).contains("ada"), "recorded tokens are not shown");
    assert_eq!(world.tasks.requests()[0].bearer(), Some(ADA));
}
