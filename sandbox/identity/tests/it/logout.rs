//! Both logout endpoints.

use axum::http::{StatusCode, header};
use sandbox_identity::Signing;
use serde_json::{Value, json};
use url::form_urlencoded;

use crate::world::{ADA, Answer, Ask, BOB, Browser, HOME, World, claims_of};

async fn signed_in(browser: &Browser<'_>, sub: &str) -> String {
    let tokens: Value = browser.tokens(&Ask::new().with("prompt", "login"), sub).await.json();
    tokens["id_token"].as_str().unwrap().to_owned()
}

async fn is_signed_in(browser: &Browser<'_>) -> bool {
    browser.get(&Ask::new().with("prompt", "none").url()).await.sent("code").is_some()
}

async fn logout(browser: &Browser<'_>, params: &[(&str, &str)]) -> Answer {
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(params).finish();
    browser.get(&format!("/oidc/logout?{query}")).await
}

#[tokio::test]
async fn a_hint_signs_out_at_once_even_when_it_has_expired() {
    let world = World::new();
    for later in [0, 40_000] {
        let browser = world.browser();
        let hint = signed_in(&browser, ADA).await;
        world.clock.advance(later);
        let params = [("id_token_hint", hint.as_str()), ("post_logout_redirect_uri", HOME), ("state", "a b&c")];
        let answer = logout(&browser, &params).await;
        assert_eq!(answer.location().as_str(), "https://app.example/?state=a+b%26c");
        assert!(answer.header(header::SET_COOKIE).contains("Max-Age=0"));
        assert!(!is_signed_in(&browser).await);
    }
    assert_eq!(world.sins(), "");
}

#[tokio::test]
async fn the_return_address_must_match_including_its_query_and_post_works() {
    let world = World::new();
    let browser = world.browser();
    let hint = signed_in(&browser, ADA).await;
    let target = "https://app.example/bye?from=idp";
    let params = [("id_token_hint", hint.as_str()), ("post_logout_redirect_uri", target), ("state", "s")];
    let answer = browser.post("/oidc/logout", &params).await;
    assert_eq!(answer.location().as_str(), "https://app.example/bye?from=idp&state=s");
    let page = logout(&browser, &[("id_token_hint", &hint)]).await;
    assert!(page.body.contains("You are signed out."));
    assert_eq!(world.sins(), "");
}

#[tokio::test]
async fn without_a_hint_of_this_session_the_person_is_asked() {
    let world = World::new();
    let browser = world.browser();
    let old = signed_in(&world.browser(), ADA).await;
    signed_in(&browser, BOB).await;
    for (name, params, sins) in [
        ("no hint", vec![("client_id", "web"), ("post_logout_redirect_uri", HOME)], "id_token_hint"),
        ("another session's", vec![("id_token_hint", old.as_str()), ("post_logout_redirect_uri", HOME)], ""),
    ] {
        let page = logout(&browser, &params).await;
        assert_eq!(page.status, StatusCode::OK, "{name}");
        assert!(page.body.contains("You are signed in as Bob Crane"), "{name}");
        assert!(is_signed_in(&browser).await, "{name}");
        let found = world.sins();
        assert!(found.contains(sins) && found.is_empty() == sins.is_empty(), "{name}: {found}");
        let stay = browser.post("/u/logout", &[("state", &hidden(&page)), ("action", "cancel")]).await;
        assert!(stay.body.contains("still signed in"), "{name}");
    }
    let page = logout(&browser, &[("client_id", "web"), ("post_logout_redirect_uri", HOME), ("state", "x")]).await;
    let gone = browser.post("/u/logout", &[("state", &hidden(&page)), ("action", "accept")]).await;
    assert_eq!(gone.location().as_str(), "https://app.example/?state=x");
    assert!(!is_signed_in(&browser).await);
    let again = browser.post("/u/logout", &[("state", &hidden(&page)), ("action", "accept")]).await;
    assert_eq!(again.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn the_confirmation_of_one_person_does_not_sign_another_out() {
    let world = World::new();
    let browser = world.browser();
    signed_in(&browser, BOB).await;
    let page = logout(&browser, &[]).await;
    signed_in(&browser, ADA).await;
    let late = browser.post("/u/logout", &[("state", &hidden(&page)), ("action", "accept")]).await;
    assert_eq!(late.status, StatusCode::BAD_REQUEST);
    assert!(is_signed_in(&browser).await);
}

/// Returns the value of the page's hidden field `state`.
fn hidden(page: &Answer) -> String {
    let rest = page.body.split_once("name=\"state\" value=\"").unwrap().1;
    rest.split('"').next().unwrap().to_owned()
}

#[tokio::test]
async fn contradictory_requests_are_refused() {
    let world = World::new();
    let browser = world.browser();
    let tokens: Value = browser.tokens(&Ask::new(), ADA).await.json();
    let (hint, access) = (tokens["id_token"].as_str().unwrap(), tokens["access_token"].as_str().unwrap());
    let forged = world.provider.forge(json!({}), claims_of(hint), Signing::ImpostorKey).unwrap();
    let none = world.provider.forge(json!({}), claims_of(hint), Signing::Nothing).unwrap();
    let confused = world.provider.forge(json!({"alg": "HS256"}), claims_of(hint), Signing::CurrentKey).unwrap();
    for (name, params) in [
        ("foreign address", vec![("id_token_hint", hint), ("post_logout_redirect_uri", "https://evil.example/")]),
        ("longer address", vec![("id_token_hint", hint), ("post_logout_redirect_uri", "https://app.example/?a=b")]),
        (
            "the provider's own list, with a client",
            vec![("id_token_hint", hint), ("post_logout_redirect_uri", "https://acme.example/")],
        ),
        ("another client", vec![("id_token_hint", hint), ("client_id", "strict")]),
        ("unknown client", vec![("client_id", "stranger")]),
        ("another session", vec![("id_token_hint", hint), ("logout_hint", "another")]),
        ("an access token", vec![("id_token_hint", access)]),
        ("forged", vec![("id_token_hint", forged.as_str())]),
        ("unsigned", vec![("id_token_hint", none.as_str())]),
        ("another algorithm", vec![("id_token_hint", confused.as_str())]),
        ("nonsense", vec![("id_token_hint", "nonsense")]),
        ("twice", vec![("state", "a"), ("state", "b")]),
    ] {
        let answer = logout(&browser, &params).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{name}");
        assert_ne!(world.sins(), "", "{name}");
        assert!(is_signed_in(&browser).await, "{name}");
    }
}

#[tokio::test]
async fn a_hint_stays_valid_after_a_key_rotation() {
    let world = World::new();
    let browser = world.browser();
    let hint = signed_in(&browser, ADA).await;
    for _ in 0..2 {
        world.provider.rotate_keys().unwrap();
    }
    assert_eq!(
        logout(&browser, &[("id_token_hint", &hint), ("post_logout_redirect_uri", HOME)]).await.location().as_str(),
        HOME
    );
}

#[tokio::test]
async fn the_classic_logout_goes_to_registered_addresses_only() {
    let world = World::new();
    for (name, query, target) in [
        ("client and address", "client_id=web&returnTo=https%3A%2F%2Fapp.example%2F", Some(HOME)),
        ("client alone: its first address", "client_id=web&federated", Some(HOME)),
        ("the provider's own list", "returnTo=https%3A%2F%2Facme.example%2F", Some("https://acme.example/")),
        ("nothing: a page", "", None),
    ] {
        let browser = world.browser();
        signed_in(&browser, ADA).await;
        let answer = browser.get(&format!("/v2/logout?{query}")).await;
        match target {
            Some(target) => assert_eq!(answer.location().as_str(), target, "{name}"),
            None => assert!(answer.body.contains("You are signed out."), "{name}"),
        }
        assert!(!is_signed_in(&browser).await, "{name}");
        assert_eq!(world.sins(), "", "{name}");
    }
    for query in
        ["client_id=web&returnTo=https%3A%2F%2Fevil.example%2F", "returnTo=https%3A%2F%2Fapp.example%2F", "client_id=x"]
    {
        let browser = world.browser();
        signed_in(&browser, ADA).await;
        assert_eq!(browser.get(&format!("/v2/logout?{query}")).await.status, StatusCode::BAD_REQUEST, "{query}");
        assert!(is_signed_in(&browser).await, "{query}");
        assert_ne!(world.sins(), "", "{query}");
    }
}
