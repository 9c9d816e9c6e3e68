//! Valid and invalid authorization requests.

use axum::http::StatusCode;

use crate::world::{ADA, Ask, ME, World};

#[tokio::test]
async fn without_a_registered_callback_there_is_an_error_page_and_no_redirect() {
    let world = World::new();
    for (name, ask) in [
        ("unknown client", Ask::new().with("client_id", "stranger")),
        ("no client", Ask::new().without("client_id")),
        ("foreign callback", Ask::new().with("redirect_uri", "https://evil.example/callback")),
        ("longer callback", Ask::new().with("redirect_uri", "https://app.example/callback/")),
        ("no callback", Ask::new().without("redirect_uri")),
    ] {
        let answer = world.browser().get(&ask.url()).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{name}");
        assert!(answer.body.contains("<!doctype html>"), "{name}");
        assert_ne!(world.sins(), "", "{name}");
    }
    let twice = format!("{}&client_id=web", Ask::new().url());
    assert_eq!(world.browser().get(&twice).await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn an_invalid_authorization_request_is_refused_and_recorded_as_a_sin() {
    let world = World::new();
    for (ask, error, sin) in [
        (Ask::new().without("state"), "invalid_request", "state"),
        (Ask::new().without("code_challenge"), "invalid_request", "code_challenge"),
        (Ask::new().without("code_challenge_method"), "invalid_request", "code_challenge_method"),
        (Ask::new().with("code_challenge_method", "plain"), "invalid_request", "code_challenge_method"),
        (Ask::new().with("code_challenge", "short"), "invalid_request", "code_challenge"),
        (Ask::new().with("response_type", "token"), "unsupported_response_type", "response type"),
        (Ask::new().without("response_type"), "invalid_request", "response_type"),
        (Ask::new().with("response_mode", "fragment"), "invalid_request", "response_mode"),
        (Ask::new().with("prompt", "none login"), "invalid_request", "prompt"),
        (Ask::new().with("prompt", "nothing"), "invalid_request", "prompt"),
        (Ask::new().with("max_age", "-1"), "invalid_request", "max_age"),
        (Ask::new().with("request", "e30.e30."), "request_not_supported", "request"),
        (Ask::new().with("request_uri", "urn:x"), "request_uri_not_supported", "request_uri"),
    ] {
        let answer = world.browser().get(&ask.url()).await;
        assert_eq!(answer.sent("error").as_deref(), Some(error), "{sin}");
        assert_eq!(answer.sent("state").as_ref(), ask.params.get("state"), "{sin}");
        let sins = world.sins();
        assert!(sins.contains(sin), "{sin}: {sins}");
    }
}

#[tokio::test]
async fn an_unknown_api_is_refused_without_sin_and_unknown_parameters_are_a_sin_without_refusal() {
    let world = World::new();
    let answer = world.browser().get(&Ask::new().with("audience", "https://nowhere.example").url()).await;
    assert_eq!(answer.sent("error").as_deref(), Some("access_denied"));
    assert_eq!(answer.sent("error_description").as_deref(), Some("Service not found: https://nowhere.example"));
    assert_eq!(world.sins(), "");
    assert!(world.browser().sign_in(&Ask::new().with("colour", "blue"), ADA).await.sent("code").is_some());
    assert!(world.sins().contains("colour"));
}

#[tokio::test]
async fn the_my_account_api_needs_a_policy_for_the_client() {
    let world = World::new();
    let scope = "openid read:me:connected_accounts";
    let refused = world.browser().get(&Ask::new().with("audience", ME).with("scope", scope).url()).await;
    let text = "Client \"web\" is not authorized to access resource server \"http://idp.test/me/\".";
    assert_eq!(refused.sent("error").as_deref(), Some("access_denied"));
    assert_eq!(refused.sent("error_description").as_deref(), Some(text));
    let ask = Ask::new().client("fixed", "f").with("audience", ME).with("scope", scope);
    assert_eq!(world.browser().tokens(&ask, ADA).await.json()["scope"], scope);
    assert_eq!(world.sins(), "");
}

#[tokio::test]
async fn state_nonce_and_challenge_are_for_one_request_which_a_browser_may_repeat() {
    let world = World::new();
    let browser = world.browser();
    let first = Ask::new();
    browser.get(&first.url()).await;
    browser.get(&first.url()).await;
    assert_eq!(world.sins(), "", "the same request again");
    for kind in ["state", "nonce", "code_challenge"] {
        browser.get(&Ask::new().with(kind, &first.params[kind]).url()).await;
        assert!(world.sins().contains(kind), "{kind}");
    }
}

#[tokio::test]
async fn a_request_is_redeemed_once() {
    let world = World::new();
    let (browser, ask) = (world.browser(), Ask::new());
    browser.tokens(&ask, ADA).await;
    assert_eq!(world.sins(), "");
    browser.tokens(&ask, ADA).await;
    assert!(world.sins().contains("two codes"));
}

/// Each row lists an audience, the requested scopes and the granted ones.
#[tokio::test]
async fn unknown_scopes_are_dropped() {
    let world = World::new();
    for (audience, asked, granted) in [
        ("https://api.acme.example", "openid read:docs fly", "openid read:docs"),
        ("https://api.acme.example", "openid openid email", "openid email"),
        ("https://online.example", "openid offline_access read:docs", "openid"),
        ("", "openid offline_access read:docs", "openid offline_access"),
    ] {
        let ask = Ask::new().with("audience", audience).with("scope", asked);
        let answer = world.browser().tokens(&ask, ADA).await.json();
        assert_eq!(answer["scope"], granted, "{audience} {asked}");
        assert_eq!(answer["refresh_token"].is_string(), granted.contains("offline_access"), "{audience} {asked}");
    }
}
