//! Requests that `/bc-authorize` accepts or refuses.

use axum::body::Body;
use axum::http::{Request, header};
use base64::{Engine, engine::general_purpose::STANDARD};
use sandbox_identity::{Endpoint, PushState};
use sandbox_kit::canary;
use serde_json::json;

use super::{ask, asked, ciba, hint, honest, last, with, world};
use crate::world::{ADA, API, BOB, ISSUER, World};

#[tokio::test]
async fn a_valid_request_shows_a_push() {
    let world = world();
    let answer = ask(&world, &honest(ADA)).await;
    assert_eq!((answer.status.as_u16(), answer.header(header::CACHE_CONTROL)), (200, "no-store"));
    let body = answer.json();
    assert_eq!((&body["expires_in"], &body["interval"]), (&json!(300), &json!(5)));
    let auth_req_id = body["auth_req_id"].as_str().unwrap();
    assert!(auth_req_id.contains(canary::MARK));
    assert!(auth_req_id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-_".contains(&byte)));
    assert_eq!(body.as_object().unwrap().len(), 3);
    let push = last(&world);
    assert_eq!((push.sub.as_str(), push.client.as_str(), push.state), (ADA, "web", PushState::Pending));
    assert_eq!(push.binding_message, "Reset password of bob: A7-31");
    assert_eq!((push.scope.as_str(), push.audience.as_deref()), ("openid read:docs", Some(API)));
    assert_eq!(push.expires_at - push.created_at, 300);
    assert!(!format!("{push:?}").contains(auth_req_id));
    assert_eq!(world.provider.requests_to(Endpoint::BackchannelAuthorize), 1);
    assert_eq!(world.sins(), "");
}

/// Each row changes one parameter of a valid request (an empty value counts as absent).
#[tokio::test]
async fn an_invalid_request_is_refused() {
    let world = world();
    let long = "a".repeat(65);
    let eve = hint("auth0|eve");
    let [nobody, malformed, empty] = ["auth0|nobody", "ada@acme.example", ""].map(hint);
    let issuer = |iss: &str| json!({"format": "iss_sub", "iss": iss, "sub": ADA}).to_string();
    let (untrailed, foreign) = (issuer("http://idp.test"), issuer("https://evil.example/"));
    let email = json!({"format": "email", "iss": ISSUER, "sub": ADA}).to_string();
    let more = json!({"format": "iss_sub", "iss": ISSUER, "sub": ADA, "email": "a"}).to_string();
    let number = json!({"format": "iss_sub", "iss": ISSUER, "sub": 1}).to_string();
    let rows: &[(&'static str, &str, u16, &str, &str, bool)] = &[
        ("client_id", "", 400, "invalid_request", "client_id", true),
        ("client_id", "stranger", 401, "access_denied", "Unauthorized", true),
        ("client_secret", "", 401, "access_denied", "Unauthorized", true),
        ("client_secret", "wrong", 401, "access_denied", "Unauthorized", true),
        ("scope", "", 400, "invalid_request", "openid scope must be requested", true),
        ("scope", "read:docs", 400, "invalid_request", "openid scope must be requested", true),
        ("binding_message", "", 400, "invalid_request", "binding_message is required", true),
        ("binding_message", &long, 400, "invalid_request", "64", true),
        ("binding_message", "Pay $5", 400, "invalid_request", "`+-_.,:#` characters", true),
        ("binding_message", "Sure?", 400, "invalid_request", "`+-_.,:#` characters", true),
        ("binding_message", "two\nlines", 400, "invalid_request", "`+-_.,:#` characters", true),
        ("binding_message", "Grüße", 400, "invalid_request", "`+-_.,:#` characters", true),
        ("binding_message", "a\u{202e}b", 400, "invalid_request", "`+-_.,:#` characters", true),
        ("login_hint", "", 400, "invalid_request", "login_hint is required", true),
        ("login_hint", "auth0|ada", 400, "invalid_request", "login_hint parameter validation failed", true),
        ("login_hint", "[]", 400, "invalid_request", "login_hint parameter validation failed", true),
        ("login_hint", &email, 400, "invalid_request", "\"format\" contains unsupported format", true),
        ("login_hint", &malformed, 400, "invalid_request", "\"sub\" contains unsupported format", true),
        ("login_hint", &empty, 400, "invalid_request", "\"sub\" contains unsupported format", true),
        ("login_hint", &number, 400, "invalid_request", "\"sub\" must be a string", true),
        ("login_hint", "{}", 400, "invalid_request", "\"format\" is required", true),
        ("login_hint", &more, 400, "invalid_request", "\"email\" is not allowed", true),
        ("login_hint", &untrailed, 400, "invalid_request", "iss within login_hint", true),
        ("login_hint", &foreign, 400, "invalid_request", "iss within login_hint", true),
        ("login_hint", &nobody, 400, "unknown_user_id", "User ID is malformed or unknown", false),
        ("login_hint", &eve, 400, "invalid_request", "guardian-push: User does not have push", false),
        ("login_hint_token", "x", 400, "invalid_request", "login_hint_token is not supported", true),
        ("id_token_hint", "x", 400, "invalid_request", "id_token_hint is not supported", true),
        ("requested_expiry", "0", 400, "invalid_request", "requested_expiry", true),
        ("requested_expiry", "-1", 400, "invalid_request", "requested_expiry", true),
        ("requested_expiry", "+5", 400, "invalid_request", "requested_expiry", true),
        ("requested_expiry", "05", 400, "invalid_request", "requested_expiry", true),
        ("requested_expiry", "1.5", 400, "invalid_request", "requested_expiry", true),
        ("requested_expiry", "259201", 400, "invalid_request", "requested_expiry", true),
        (
            "requested_expiry",
            "301",
            400,
            "invalid_request",
            "No eligible notification channels were found. email",
            false,
        ),
        (
            "requested_expiry",
            "259200",
            400,
            "invalid_request",
            "No eligible notification channels were found. email",
            false,
        ),
        ("audience", "https://nowhere.example", 400, "invalid_request", "Service not found: https://nowhere", false),
    ];
    for (name, value, status, error, text, sin) in rows {
        let answer = ask(&world, &with(honest(ADA), name, value)).await;
        let row = format!("{name}={value}: {}", answer.body);
        assert_eq!(answer.refusal(), (*status, (*error).to_owned()), "{row}");
        assert!(answer.json()["error_description"].as_str().unwrap().contains(text), "{row}");
        assert_eq!(!world.sins().is_empty(), *sin, "{row}");
    }
    assert_eq!(world.provider.pushes(), [], "nobody was asked");
}

#[tokio::test]
async fn values_at_their_limits_are_accepted() {
    let set = "azAZ09 +-_.,:#".to_owned();
    let rows: &[(&'static str, &str)] = &[
        ("binding_message", "a"),
        ("binding_message", &"a".repeat(64)),
        ("binding_message", &set),
        ("requested_expiry", "1"),
        ("requested_expiry", "300"),
        ("audience", ""),
    ];
    for (name, value) in rows {
        let world = world();
        let answer = ask(&world, &with(honest(ADA), name, value)).await;
        assert_eq!(answer.status.as_u16(), 200, "{name}={value}: {}", answer.body);
        assert_eq!(world.sins(), "", "{name}={value}");
    }
}

#[tokio::test]
async fn a_client_without_the_grant_is_refused() {
    let world = world();
    let form = with(with(honest(ADA), "client_id", "fixed"), "client_secret", "f");
    let answer = ask(&world, &form).await;
    assert_eq!(answer.refusal(), (403, "unauthorized_client".to_owned()));
    assert!(world.sins().contains("not allowed for the client"));
}

#[tokio::test]
async fn a_client_may_use_basic_but_not_json() {
    let world = world();
    let basic = format!("Basic {}", STANDARD.encode("web:web+secret%2B"));
    let form: Vec<_> = honest(ADA).into_iter().filter(|(name, _)| *name != "client_secret").collect();
    let form = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&form).finish();
    let json = serde_json::to_string(&honest(ADA).into_iter().collect::<std::collections::BTreeMap<_, _>>()).unwrap();
    for (kind, body, status) in [
        ("application/x-www-form-urlencoded", form.clone(), 200),
        ("application/json", json, 400),
        ("text/plain", form, 400),
    ] {
        let request = Request::post("/bc-authorize").header(header::CONTENT_TYPE, kind);
        let request = request.header(header::AUTHORIZATION, &basic).body(Body::from(body)).unwrap();
        assert_eq!(world.send(request).await.status.as_u16(), status, "{kind}");
    }
}

#[tokio::test]
async fn parameters_beyond_the_documented_ones_are_sins() {
    for name in ["request_expiry", "acr_values", "user_code", "client_notification_token", "request", "resource"] {
        let world = world();
        assert_eq!(ask(&world, &with(honest(ADA), name, "1")).await.status.as_u16(), 200, "{name}");
        assert!(world.sins().contains(&format!("unknown parameter {name}")), "{name}");
    }
}

#[tokio::test]
async fn nobody_gets_more_than_five_requests_in_a_minute() {
    let world = World::of(ciba());
    for _ in 0..5 {
        asked(&world).await;
        world.clock.advance(2);
    }
    let sixth = ask(&world, &honest(ADA)).await;
    assert_eq!(sixth.refusal(), (429, "too_many_requests".to_owned()));
    let wait: i64 = sixth.header(header::RETRY_AFTER).parse().unwrap();
    assert!((48..=50).contains(&wait), "{wait}");
    assert_eq!(ask(&world, &honest(BOB)).await.status.as_u16(), 200, "the limit is per person");
    world.clock.advance(wait);
    assert_eq!(ask(&world, &honest(ADA)).await.status.as_u16(), 200);
    assert_eq!(ask(&world, &honest(ADA)).await.status.as_u16(), 429);
    assert_eq!(world.provider.pushes().len(), 7);
}
