//! Delivery of logout tokens to a listener on loopback.

use axum::Router;
use axum::http::StatusCode;
use axum::routing::post;
use sandbox_identity::{Delivery, Outcome};
use sandbox_kit::canary;
use serde_json::json;
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use url::form_urlencoded;

use crate::world::{ADA, Ask, BOB, World, claims_of, settings};

/// Starts a client that records logout tokens and responds with this status.
async fn listener(status: StatusCode) -> (String, mpsc::UnboundedReceiver<String>) {
    let (heard, hearing) = mpsc::unbounded_channel();
    let hear = move |body: String| {
        let _ = heard.send(body);
        async move { status }
    };
    let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/logout", socket.local_addr().unwrap());
    let app = Router::new().route("/logout", post(hear));
    tokio::spawn(async move { axum::serve(socket, app).await.unwrap() });
    (url, hearing)
}

fn world_with(url: &str) -> World {
    let mut settings = settings();
    settings.clients[0].backchannel_logout_url = Some(url.to_owned());
    World::of(settings)
}

#[tokio::test]
async fn signing_out_in_the_browser_tells_the_client() {
    let (url, mut hearing) = listener(StatusCode::OK).await;
    let world = world_with(&url);
    let browser = world.browser();
    let tokens = browser.tokens(&Ask::new(), ADA).await.json();
    let hint = tokens["id_token"].as_str().unwrap();
    browser.post("/oidc/logout", &[("id_token_hint", hint)]).await;

    let body = hearing.recv().await.unwrap();
    let form: Vec<_> = form_urlencoded::parse(body.as_bytes()).into_owned().collect();
    let [(name, token)] = &form[..] else { panic!("one field: {form:?}") };
    assert_eq!(name, "logout_token");
    let claims = world.verified(token).await;
    for (claim, value) in [
        ("iss", json!("http://idp.test/")),
        ("sub", json!(ADA)),
        ("aud", json!("web")),
        ("sid", claims_of(hint)["sid"].clone()),
        ("events", json!({"http://schemas.openid.net/event/backchannel-logout": {}})),
        ("nonce", json!(null)),
        ("canary", json!(canary::MARK)),
    ] {
        assert_eq!(claims[claim], value, "{claim}");
    }
    assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 120);
    assert!(claims["jti"].is_string() && claims["trace_id"].is_string());
}

#[tokio::test]
async fn the_console_signs_a_person_out_everywhere() {
    let (url, mut hearing) = listener(StatusCode::OK).await;
    let world = world_with(&url);
    let (laptop, phone, other) = (world.browser(), world.browser(), world.browser());
    laptop.sign_in(&Ask::new(), ADA).await;
    phone.sign_in(&Ask::new(), ADA).await;
    phone.sign_in(&Ask::new().client("strict", "s"), ADA).await;
    other.sign_in(&Ask::new(), BOB).await;
    let deliveries = world.provider.end_sessions_of(ADA).await;
    assert_eq!(deliveries.len(), 2, "one for each session of the client with back-channel logout");
    assert!(deliveries.iter().all(|one| one.client == "web" && one.outcome == Outcome::Accepted));
    assert_ne!(deliveries[0].sid, deliveries[1].sid);
    assert!(hearing.recv().await.is_some());
    let silent = Ask::new().with("prompt", "none").url();
    assert_eq!(phone.get(&silent).await.sent("error").as_deref(), Some("login_required"));
    assert!(other.get(&Ask::new().with("prompt", "none").url()).await.sent("code").is_some());
    assert_eq!(world.provider.end_sessions_of(ADA).await, []);
}

#[tokio::test]
async fn one_session_ends_by_its_id_and_refusals_are_reported() {
    let (url, _hearing) = listener(StatusCode::BAD_REQUEST).await;
    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    for (url, outcome) in [(url, Outcome::Rejected(400)), (format!("http://{closed}/"), Outcome::Undelivered)] {
        let world = world_with(&url);
        let tokens = world.browser().tokens(&Ask::new(), ADA).await.json();
        let sid = claims_of(tokens["id_token"].as_str().unwrap())["sid"].as_str().unwrap().to_owned();
        let delivery = Delivery { client: "web".into(), sid: sid.clone(), outcome };
        assert_eq!(world.provider.end_session(&sid).await, [delivery]);
    }
}
