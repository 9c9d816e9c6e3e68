//! The log: one line for each request, and no line that an attacker wrote.

use crate::world::{TestApp, logs};
use reqwest::Method;
use serde_json::Value;

/// Returns the log lines of requests to `path`.
fn requests(path: &str) -> Vec<Value> {
    let lines = logs::json();
    let lines =
        lines.lines().map(|line| serde_json::from_str::<Value>(line).unwrap_or_else(|error| panic!("{error}: {line}")));
    lines.filter(|line| line["message"] == "request" && line["http.path"] == path).collect()
}

#[tokio::test]
async fn each_request_has_one_log_line_with_its_result() {
    let app = TestApp::start().await;
    let ada = app.signed_in("ada").await;
    let before = requests("/api/chat/load").len();
    let answer = ada.send(ada.read("/api/chat/load", &[])).await;
    let lines = requests("/api/chat/load");
    assert_eq!(lines.len(), before + 1);
    let line = lines.last().unwrap();
    assert_eq!(line["request.id"], answer.header("x-request-id"));
    assert_eq!((&line["http.method"], &line["http.status"]), (&Value::from("GET"), &Value::from(200)));
    assert_eq!(line["actor.id"], "auth0|ada");
    assert!(line["duration_ms"].is_u64());
    let refused = app.browser().send(ada.read("/api/chat/load", &[]).header("cookie", "")).await;
    assert_eq!(refused.status, 200, "the cookie decides who it is, not the browser");
    app.browser().visit("/nowhere").await;
    assert_eq!(requests("/nowhere").last().unwrap()["actor.id"], "", "nobody was signed in");
    app.finish().await;
}

#[tokio::test]
async fn attack_55_nobody_can_forge_a_log_line() {
    let app = TestApp::start().await;
    let ada = app.signed_in("ada").await;
    let lie = "%0d%0a2026-11-22T00:00:00Z  INFO request actor.id=FORGED%1b[2J%00";
    let raw = "\r\n2026-11-22T00:00:00Z  INFO request actor.id=FORGED\u{1b}[2J";
    for path in [
        format!("/{lie}"),
        format!("/c/{lie}"),
        format!("/api/chat/load?conversation={lie}"),
        format!("/api/chat/watch?conversation={lie}&after={lie}"),
        format!("/auth/login?return_to={lie}"),
        format!("/auth/callback?state={lie}&error={lie}&error_description={lie}&code={lie}&iss={lie}"),
        format!("/pkg/{lie}"),
    ] {
        ada.visit(&path).await;
    }
    // A callback with a valid state, whose error is therefore logged.
    let callback = app.browser();
    let begun = callback.callback("ada", "/auth/login").await;
    let state = begun.query_pairs().find(|(name, _)| name == "state").unwrap().1.into_owned();
    let mut url = callback.url("/auth/callback");
    url.query_pairs_mut().extend_pairs([("state", &*state), ("iss", &app.sandbox.issuer()), ("error", raw)]);
    assert_eq!(callback.visit(url.as_str()).await.status, 403);
    let (conversation, _) = ada.ask("Hello").await;
    for (path, fields) in [
        ("/api/chat/post", [("conversation", raw), ("text", raw), ("client_id", raw)]),
        ("/api/chat/post", [("conversation", &*conversation), ("text", raw), ("client_id", "client-0001")]),
        ("/api/chat/start", [("conversation", raw), ("text", "x"), ("client_id", raw)]),
        ("/auth/backchannel-logout", [("logout_token", raw), ("x", ""), ("y", "")]),
    ] {
        ada.call(path, &fields).await;
    }
    let token = app.sandbox.provider().forge(
        serde_json::json!({"kid": raw, "typ": raw}),
        serde_json::json!({"iss": raw, "aud": raw, "jti": raw, "iat": 0, "sub": raw, "events": {}}),
        sandbox::identity::Signing::CurrentKey,
    );
    ada.call("/auth/backchannel-logout", &[("logout_token", &token.unwrap())]).await;
    let request = ada.ours(ada.request(Method::POST, "/api/chat/stop"));
    ada.send(
        request.header("user-agent", "x\u{9b}31m").header("x-request-id", "FORGED").form(&[("conversation", raw)]),
    )
    .await;
    app.sandbox.okta().add_to_group("ada@acme.example", raw).unwrap();
    ada.ask("What are my Okta groups?").await;
    let text = logs::text();
    for line in text.lines() {
        let stamp = line.get(..4).is_some_and(|year| year.bytes().all(|byte| byte.is_ascii_digit()));
        assert!(stamp && line.contains("Z "), "a line without our time stamp: {line}");
        assert!(!line.starts_with("2026-11-22T00:00:00Z  INFO request actor.id=FORGED"), "{line}");
        assert!(!line.contains('\u{1b}') && !line.contains('\0') && !line.contains('\r'), "{line:?}");
    }
    let actors = requests("/api/chat/stop");
    assert!(actors.iter().all(|line| line["actor.id"] != "FORGED" && line["request.id"] != "FORGED"), "{actors:?}");
    app.finish().await;
}
