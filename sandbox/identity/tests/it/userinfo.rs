//! `/userinfo`.

use axum::body::Body;
use axum::http::{Method, Request, header};
use serde_json::json;

use crate::world::{ADA, Answer, Ask, World};

async fn ask(world: &World, method: Method, token: Option<&str>) -> Answer {
    let mut request = Request::builder().method(method).uri("/userinfo");
    if let Some(token) = token {
        request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
    }
    world.send(request.body(Body::empty()).unwrap()).await
}

#[tokio::test]
async fn tokens_with_and_without_an_api_return_the_person() {
    let world = World::new();
    for (audience, scope, email) in
        [("https://api.acme.example", "openid email", json!("ada@acme.example")), ("", "openid profile", json!(null))]
    {
        let ask_for = Ask::new().with("audience", audience).with("scope", scope);
        let tokens = world.browser().tokens(&ask_for, ADA).await.json();
        let token = tokens["access_token"].as_str().unwrap();
        assert_eq!(token.matches('.').count(), if audience.is_empty() { 0 } else { 2 }, "opaque without an API");
        for method in [Method::GET, Method::POST] {
            let answer = ask(&world, method, Some(token)).await.json();
            assert_eq!((&answer["sub"], &answer["email"]), (&json!(ADA), &email));
        }
    }
    assert_eq!(world.sins(), "");
}

#[tokio::test]
async fn other_bearers_are_refused_with_a_reason() {
    let world = World::new();
    let token = async |scope: &str| {
        let tokens = world.browser().tokens(&Ask::new().with("scope", scope), ADA).await.json();
        tokens["access_token"].as_str().unwrap().to_owned()
    };
    let (no_openid, aged) = (token("read:docs").await, token("openid").await);
    world.clock.advance(86_400);
    for wrong in ["nonsense", &no_openid, &aged] {
        let answer = ask(&world, Method::GET, Some(wrong)).await;
        assert_eq!(answer.refusal(), (401, "invalid_token".to_owned()));
        assert!(answer.header(header::WWW_AUTHENTICATE).contains("invalid_token"));
    }
    assert_eq!(world.sins(), "");
    assert_eq!(ask(&world, Method::GET, None).await.status.as_u16(), 401);
    assert_ne!(world.sins(), "", "a client never asks without a token");
}
