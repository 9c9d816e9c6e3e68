//! Clients that register themselves.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use sandbox_identity::{Endpoint, Registration};
use serde_json::{Value, json};

use crate::world::{Answer, World, settings};

pub(crate) const CALLBACK: &str = "http://127.0.0.1:7777/callback";

/// Registers a client with this metadata.
pub(crate) async fn register(world: &World, metadata: &Value) -> Answer {
    let request = Request::post("/oidc/register").header("content-type", "application/json");
    world.send(request.body(Body::from(metadata.to_string())).unwrap()).await
}

/// Registers a client as an MCP client does, and returns its id.
pub(crate) async fn stranger(world: &World) -> String {
    let metadata = json!({
        "client_name": "A <b>stranger</b>", "redirect_uris": [CALLBACK], "response_types": ["code"],
        "grant_types": ["authorization_code", "refresh_token"], "token_endpoint_auth_method": "none",
    });
    let answer = register(world, &metadata).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
    answer.json()["client_id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn anybody_registers_a_public_client_and_is_told_all_of_it() {
    let world = World::new();
    let document = world.browser().get("/.well-known/openid-configuration").await.json();
    assert_eq!(document["registration_endpoint"], "http://idp.test/oidc/register");
    let rows = [
        (json!({ "redirect_uris": [CALLBACK] }), json!(["authorization_code"])),
        (
            json!({ "redirect_uris": [CALLBACK], "grant_types": ["authorization_code", "refresh_token"],
                "logo_uri": "https://a.example/logo", "application_type": "native" }),
            json!(["authorization_code", "refresh_token"]),
        ),
    ];
    for (metadata, grants) in rows {
        let answer = register(&world, &metadata).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
        let told = answer.json();
        assert!(told["client_id"].as_str().unwrap().starts_with("tpc_"), "{told}");
        assert_eq!(
            (&told["redirect_uris"], &told["grant_types"], &told["token_endpoint_auth_method"]),
            (&json!([CALLBACK]), &grants, &json!("none"))
        );
        assert_eq!((&told["client_secret"], &told["logo_uri"]), (&Value::Null, &Value::Null));
    }
    assert_eq!(world.provider.requests_to(Endpoint::Register), 2);
    assert_eq!(world.sins(), "");
}

#[tokio::test]
async fn an_invalid_registration_is_refused_and_recorded_as_a_sin() {
    let world = World::new();
    let uris = |uris: Value| json!({ "redirect_uris": uris });
    let with = |name: &str, value: Value| {
        let mut metadata = uris(json!([CALLBACK]));
        metadata[name] = value;
        metadata
    };
    let (uri, other) = ("invalid_redirect_uri", "invalid_client_metadata");
    for (metadata, error) in [
        (json!({}), uri),
        (uris(json!([])), uri),
        (uris(json!(CALLBACK)), uri),
        (uris(json!([1])), uri),
        (uris(json!(["http://app.example/callback"])), uri),
        (uris(json!(["http://localhost.evil.example/callback"])), uri),
        (uris(json!(["http://10.0.0.1/callback"])), uri),
        (uris(json!(["https://app.example/callback#fragment"])), uri),
        (uris(json!(["https://ada@app.example/callback"])), uri),
        (uris(json!(["https://*.example/callback"])), uri),
        (uris(json!(["javascript:alert(1)"])), uri),
        (uris(json!(["com.example.app:/callback"])), uri),
        (uris(json!([CALLBACK, "http://app.example/"])), uri),
        (uris(json!(vec![CALLBACK; 11])), uri),
        (uris(json!([format!("https://app.example/{}", "a".repeat(512))])), uri),
        (with("token_endpoint_auth_method", json!("client_secret_post")), other),
        (with("token_endpoint_auth_method", json!(0)), other),
        (with("grant_types", json!(["client_credentials"])), other),
        (with("grant_types", json!(["urn:ietf:params:oauth:grant-type:token-exchange"])), other),
        (with("grant_types", json!("authorization_code")), other),
        (with("response_types", json!(["token"])), other),
        (with("client_name", json!("line\nbreak")), other),
        (with("client_name", json!("n".repeat(513))), other),
        (with("contacts", json!(["c".repeat(16 * 1024)])), other),
        (json!([]), other),
    ] {
        let answer = register(&world, &metadata).await;
        assert_eq!(answer.refusal(), (400, error.to_owned()), "{metadata}");
        assert_ne!(world.sins(), "", "{metadata}");
    }
    let form = world.call("/oidc/register", &[("redirect_uris", CALLBACK)]).await;
    assert_eq!(form.refusal(), (400, other.to_owned()));
    let loopback = uris(json!(["http://[::1]:1/a", "http://localhost/b", "https://app.example/c"]));
    assert_eq!(register(&world, &loopback).await.status, StatusCode::CREATED);
}

#[tokio::test]
async fn registrations_have_a_limit_and_can_be_off() {
    let world = World::new();
    for _ in 0..3 {
        stranger(&world).await;
    }
    let metadata = json!({ "redirect_uris": [CALLBACK] });
    assert_eq!(register(&world, &metadata).await.refusal(), (429, "too_many_requests".to_owned()));
    assert_eq!(world.sins(), "", "the limit is no mistake of the client");

    let mut closed = settings();
    closed.registration = Registration::Closed;
    let world = World::of(closed);
    assert_eq!(register(&world, &metadata).await.status, StatusCode::NOT_FOUND);
    let document = world.browser().get("/.well-known/openid-configuration").await.json();
    assert_eq!(document["registration_endpoint"], Value::Null);
}
