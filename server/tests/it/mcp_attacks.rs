//! Attacks on the MCP door that need no conversation: without a token, with a session that the door never gave, with the keys of the
//! issuer out of reach, or with an invented cursor.

use crate::world::mcp_door::mcp;
use crate::world::{Custom, TestApp};
use futures::{StreamExt, stream};
use reqwest::{Client, Method, Response};
use sandbox::cloud::{Fault, Times};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

async fn app() -> TestApp {
    TestApp::with(Custom { doors: Box::new(mcp), ..Custom::default() }).await
}

fn header<'a>(answer: &'a Response, name: &str) -> Option<&'a str> {
    answer.headers().get(name).map(|value| value.to_str().unwrap())
}

fn initialize() -> Value {
    let client = json!({ "name": "test", "version": "1" });
    let params = json!({ "protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": client });
    json!({ "jsonrpc": "2.0", "id": 1, "method": "initialize", "params": params })
}

#[tokio::test]
async fn nothing_of_the_door_answers_without_a_token_but_its_metadata() {
    let app = app().await;
    let http = Client::new();
    for method in ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"] {
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        let request = http.request(method.clone(), format!("{}/mcp", app.url)).header("mcp-session-id", "x");
        let answer = request.header("x-forwarded-host", "evil.example").json(&initialize()).send().await.unwrap();
        assert_eq!(answer.status().as_u16(), 401, "{method}");
        let challenge = header(&answer, "www-authenticate").unwrap();
        assert!(challenge.contains(&app.url) && !challenge.contains("evil"), "{method}: {challenge}");
    }
    let document = reqwest::get(format!("{}/.well-known/oauth-protected-resource/mcp", app.url)).await.unwrap();
    assert_eq!((document.status().as_u16(), header(&document, "access-control-allow-credentials")), (200, None));
    app.finish().await;
}

#[tokio::test]
async fn a_connection_on_which_a_request_was_refused_carries_the_next_one() {
    let app = app().await;
    let mut socket = TcpStream::connect(("127.0.0.1", app.config.url.port().unwrap())).await.unwrap();
    let body = initialize().to_string();
    let head = format!(
        "POST /mcp HTTP/1.1\r\nhost: {}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
        app.url.trim_start_matches("http://"),
        body.len()
    );
    let mut buffer = vec![0; 64 * 1024];
    for round in 1..=2 {
        // Some clients send head and body in two writes, and the answer must not overtake the second.
        socket.write_all(head.as_bytes()).await.unwrap();
        let early = tokio::time::timeout(Duration::from_millis(300), socket.read(&mut buffer)).await;
        assert!(early.is_err(), "{round}: answered before the request was read");
        socket.write_all(body.as_bytes()).await.unwrap();
        let count = socket.read(&mut buffer).await.unwrap();
        assert!(String::from_utf8_lossy(&buffer[..count]).starts_with("HTTP/1.1 401"), "{round}");
    }
    app.finish().await;
}

#[tokio::test]
async fn keys_that_cannot_be_read_are_no_reason_to_throw_a_token_away() {
    let app = app().await;
    app.sandbox.faults().set("identity", Some(Fault::Refuse), Times::Always);
    let client = app.mcp_client("ada", json!({}));
    let answer = client.request("tools/list", json!({})).send().await.unwrap();
    let told = (answer.status().as_u16(), header(&answer, "www-authenticate"));
    assert_eq!(told, (503, None));
    assert!(header(&answer, "retry-after").is_some_and(|after| after.parse::<u32>().is_ok()));
    app.sandbox.faults().clear();
    app.finish().await;
}

#[tokio::test]
async fn a_session_that_the_door_never_gave_changes_nothing_and_none_is_given() {
    let app = app().await;
    let client = app.mcp_client("ada", json!({}));
    let begun = client.older("initialize", initialize()["params"].clone()).send().await.unwrap();
    assert_eq!((begun.status().as_u16(), header(&begun, "mcp-session-id")), (200, None));
    let list = || client.older("tools/list", json!({}));
    let plain = list().send().await.unwrap().text().await.unwrap();
    assert!(plain.contains("calculate"), "{plain}");
    for session in ["1868a90c-7dd8-4d3c-8f1c-3a5b0c1c9f10", "x", "../../x"] {
        let same = list().header("mcp-session-id", session).send().await.unwrap();
        assert_eq!((same.status().as_u16(), header(&same, "mcp-session-id")), (200, None), "{session}");
        assert_eq!(same.text().await.unwrap(), plain, "{session}");
        for method in [Method::GET, Method::DELETE] {
            let token = app.token("ada", json!({ "aud": format!("{}/mcp", app.url) }));
            let request = Client::new().request(method.clone(), format!("{}/mcp", app.url)).bearer_auth(token);
            let answer = request.header("mcp-session-id", session).send().await.unwrap();
            assert_eq!(answer.status().as_u16(), 405, "{method}: there is no session to read or to end");
        }
    }
    app.finish().await;
}

/// Bytes of this process that are in memory.
fn resident() -> usize {
    let pages = std::fs::read_to_string("/proc/self/statm").unwrap();
    pages.split(' ').nth(1).unwrap().parse::<usize>().unwrap() * 4096
}

#[tokio::test]
async fn ten_thousand_beginnings_without_a_token_leave_nothing_behind() {
    let app = app().await;
    let http = Client::new();
    let flood = async |count: usize| {
        let sent = stream::iter(0..count).map(|_| http.post(format!("{}/mcp", app.url)).json(&initialize()).send());
        let mut answers = sent.buffer_unordered(50);
        while let Some(answer) = answers.next().await {
            assert_eq!(answer.unwrap().status().as_u16(), 401);
        }
    };
    flood(1_000).await;
    let before = resident();
    flood(10_000).await;
    let grown = resident().saturating_sub(before);
    assert!(grown < 32 * 1024 * 1024, "log lines take some, sessions would take more: {grown}");
    app.finish().await;
}

#[tokio::test]
async fn two_people_behind_one_cache_see_their_own_lists() {
    let app = app().await;
    let list = async |who: &str| app.mcp_client(who, json!({})).ask("tools/list", json!({})).await["result"].clone();
    let (ada, eve) = (list("ada").await, list("eve").await);
    assert_eq!((&ada["cacheScope"], &eve["cacheScope"]), (&json!("private"), &json!("private")));
    assert!(ada.to_string().contains("okta_groups") && !eve.to_string().contains("okta_groups"), "{eve}");
    app.finish().await;
}

#[tokio::test]
async fn a_list_has_pages_and_an_invented_cursor_is_an_error() {
    let mut custom = Custom { doors: Box::new(mcp), ..Custom::default() };
    custom.bounds.tools_a_page = edge::doors::PageSize(2);
    let app = TestApp::with(custom).await;
    let client = app.mcp_client("ada", json!({}));
    let (mut names, mut cursor, mut pages) = (Vec::new(), json!({}), 0);
    loop {
        let page = client.ask("tools/list", cursor).await["result"].clone();
        let own = page["tools"].as_array().unwrap();
        assert!((1..=2).contains(&own.len()), "{page}");
        names.extend(own.iter().map(|tool| tool["name"].as_str().unwrap().to_owned()));
        pages += 1;
        match page.get("nextCursor") {
            Some(next) => cursor = json!({ "cursor": next }),
            None => break,
        }
    }
    assert!(pages == names.len().div_ceil(2) && pages > 2 && names.is_sorted(), "{names:?}");
    assert!(names.iter().any(|name| name == "x_amz_bedrock_agentcore_search"));
    for cursor in ["", "2", "YQ"] {
        let refused = client.ask("tools/list", json!({ "cursor": cursor })).await;
        assert_eq!(refused["error"]["code"], -32602, "{cursor}: {refused}");
    }
    app.finish().await;
}

#[tokio::test]
async fn the_token_of_the_door_reaches_no_other_server() {
    let app = app().await;
    app.signed_in("ada").await;
    let token = app.token("ada", json!({ "aud": format!("{}/mcp", app.url) }));
    let client = app.mcp_client_with(token.clone());
    let tools = client.tools().await;
    let remote = tools.iter().find(|tool| tool.starts_with("tasks___")).unwrap_or_else(|| panic!("{tools:?}"));
    client.call(remote, json!({})).await;
    client.call("okta_groups", json!({})).await;
    let seen = app.sandbox.tasks().requests();
    assert!(!seen.is_empty());
    let signature = token.rsplit('.').next().unwrap();
    assert!(!seen.iter().any(|request| request.holds(signature)), "{seen:?}");
    app.finish().await;
}
