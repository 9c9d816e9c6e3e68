//! Our cookies: their attributes, their content, and the rejection of forged ones.

use crate::world::browser::COOKIE_NAME;
use crate::world::{Custom, TestApp};
use app::wire::ApiError;
use reqwest::Method;
use reqwest::header::SET_COOKIE;
use serde_json::json;

fn attributes(cookie: &str) -> Vec<String> {
    let mut attributes: Vec<_> = cookie.split(';').skip(1).map(|part| part.trim().to_owned()).collect();
    attributes.retain(|attribute| !attribute.starts_with("Max-Age") && !attribute.starts_with("Expires"));
    attributes.sort();
    attributes
}

#[tokio::test]
async fn attack_10_the_cookie_holds_an_opaque_id_and_no_script_reads_it() {
    let app = TestApp::start().await;
    let browser = app.browser();
    let callback = browser.callback("ada", "/auth/login").await;
    let answer = browser.visit(callback.as_str()).await;
    let cookies: Vec<_> = answer.headers.get_all(SET_COOKIE).iter().map(|value| value.to_str().unwrap()).collect();
    let [cookie, over] = cookies[..] else { panic!("{cookies:?}") };
    assert!(over.starts_with(&format!("{COOKIE_NAME}-sign-in-")) && over.contains("=; "), "{over}");
    assert!(over.contains("Max-Age=0"), "the sign-in is no longer pending: {over}");
    let (name, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
    assert_eq!(name, COOKIE_NAME);
    assert_eq!(attributes(cookie), ["HttpOnly", "Path=/", "SameSite=Lax"]);
    let opaque = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    assert!(value.len() == 22 && value.chars().all(opaque), "128 random bits and nothing else: {value}");
    app.finish().await;
}

/// A defect to avoid: history and tokens in the cookie, which overflow it and leak.
#[tokio::test]
async fn the_cookie_stays_small_whatever_the_session_holds() {
    let app = TestApp::start().await;
    let ada = app.signed_in("ada").await;
    for _ in 0..5 {
        ada.ask("Tell me a long story").await;
        let fields =
            [("conversation", "0123456789ABCDEFGHJKMNPQRS"), ("text", &*"x".repeat(60_000)), ("client_id", "c")];
        ada.submit("/", "/api/chat/start", &fields).await;
    }
    assert_eq!(ada.session().unwrap().len(), 22);
    app.finish().await;
}

#[tokio::test]
async fn attack_10_over_tls_the_cookie_is_bound_to_its_host() {
    let env = vec![("COUNTERSIGN_URL", "https://help.acme.example".to_owned())];
    let app = TestApp::with(Custom { env, ..Custom::default() }).await;
    let answer = app.browser().visit("/auth/login").await;
    let cookie = answer.header(SET_COOKIE.as_str()).to_owned();
    assert!(cookie.starts_with("__Host-countersign-sign-in-"), "{cookie}");
    assert_eq!(attributes(&cookie), ["HttpOnly", "Path=/", "SameSite=Lax", "Secure"]);
    assert!(answer.header("strict-transport-security").starts_with("max-age="), "{:?}", answer.headers);
    // The provider knows another callback, so the sign-in would not continue. The origin of this app is the TLS one.
    let request = app.browser().request(Method::POST, "/auth/logout").header("origin", &app.url);
    assert_eq!(app.browser().send(request).await.status, 403);
    app.finish().await;
}

#[tokio::test]
async fn attack_10_a_cookie_of_another_name_or_shape_is_not_a_session() {
    let app = TestApp::start().await;
    let ada = app.signed_in("ada").await;
    let good = ada.session().unwrap();
    let long = "A".repeat(8000);
    let mut flipped = good.clone().into_bytes();
    flipped[0] = if flipped[0] == b'A' { b'B' } else { b'A' };
    let rows = [
        format!("{COOKIE_NAME}="),
        format!("{COOKIE_NAME}=garbage"),
        format!("{COOKIE_NAME}={long}"),
        format!("{COOKIE_NAME}={}", String::from_utf8(flipped).unwrap()),
        format!("{COOKIE_NAME}={good}x"),
        format!("{COOKIE_NAME}=\"{good}\"x"),
        format!("{COOKIE_NAME}=%00%0d%0a"),
        format!("__Host-{COOKIE_NAME}={good}"),
        format!("{}={good}", COOKIE_NAME.to_uppercase()),
        "=".to_owned(),
        ";;;=;".to_owned(),
    ];
    for cookie in rows {
        for (path, accept) in [("/api/chat/load", "application/json"), ("/", "text/html")] {
            let browser = app.browser();
            let request = browser.request(Method::GET, path).header("cookie", &cookie).header("accept", accept);
            let answer = browser.send(request).await;
            if path == "/" {
                assert!(answer.status == 200 && answer.body.contains("Sign in"), "{cookie:.60}: {}", answer.status);
            } else {
                assert_eq!(answer.value::<()>().unwrap_err().error, ApiError::SignedOut, "{cookie:.60}");
            }
        }
    }
    assert!(ada.load(None).await.is_ok());
    app.finish().await;
}

#[tokio::test]
async fn a_session_expires_on_time_and_a_writer_of_the_table_cannot_extend_it() {
    let app = TestApp::start().await;
    let ada = app.signed_in("ada").await;
    let now = app.sandbox.clock().seconds();
    for (end, allowed) in [(now - 1, &[401][..]), (now + 1_000_000, &[401, 503])] {
        let found = app.table("Scan", json!({"TableName": "bedrock-sessions"})).await;
        for item in found["Items"].as_array().unwrap() {
            let mut item = item.clone();
            item["ttl"] = json!({"N": end.to_string()});
            app.table("PutItem", json!({"TableName": "bedrock-sessions", "Item": item})).await;
        }
        let status = ada.load(None).await.unwrap_err().status;
        assert!(allowed.contains(&status), "an end at {end} against {now}: {status}");
    }
    app.finish().await;
}
