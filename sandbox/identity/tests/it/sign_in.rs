//! Signing in from the authorization request to the tokens, and the cases in which a session makes the page
//! unnecessary.

use axum::http::{StatusCode, header};
use sandbox_kit::canary;
use serde_json::json;

use crate::world::{ADA, API, Ask, BOB, CALLBACK, ISSUER, World, settings};

#[tokio::test]
async fn a_person_signs_in_and_the_client_gets_her_tokens() {
    let world = World::new();
    let ask = Ask::new();
    let back = world.browser().sign_in(&ask, ADA).await;
    assert!(back.location().as_str().starts_with(CALLBACK));
    assert_eq!(back.sent("state").as_ref(), Some(&ask.params["state"]));
    assert_eq!(back.sent("iss").as_deref(), Some(ISSUER));
    assert!(back.header(header::SET_COOKIE).contains("HttpOnly; SameSite=Lax"));

    let answer = world.call("/oauth/token", &ask.redemption(&back.sent("code").unwrap())).await;
    assert_eq!((answer.status, answer.header(header::CACHE_CONTROL)), (StatusCode::OK, "no-store"));
    let answer = answer.json();
    assert_eq!(answer["token_type"], "Bearer");
    assert_eq!(answer["expires_in"], 86_400);
    assert_eq!(answer["scope"], "openid profile email offline_access read:docs");
    assert!(answer["refresh_token"].as_str().unwrap().contains(canary::MARK));

    let now = world.clock.seconds();
    let id = world.verified(answer["id_token"].as_str().unwrap()).await;
    for (claim, value) in [
        ("iss", json!(ISSUER)),
        ("sub", json!(ADA)),
        ("aud", json!("web")),
        ("nonce", json!(ask.params["nonce"])),
        ("name", json!("Ada Byron")),
        ("nickname", json!("ada")),
        ("updated_at", json!("2026-11-20T09:30:00.000Z")),
        ("email", json!("ada@acme.example")),
        ("email_verified", json!(true)),
        ("canary", json!(canary::MARK)),
        ("auth_time", json!(null)),
        ("azp", json!(null)),
    ] {
        assert_eq!(id[claim], value, "{claim}");
    }
    assert!(id["sid"].is_string());
    assert!((0..5).contains(&(now - id["iat"].as_i64().unwrap())));
    assert_eq!(id["exp"].as_i64().unwrap() - id["iat"].as_i64().unwrap(), 36_000);

    let access = world.verified(answer["access_token"].as_str().unwrap()).await;
    for (claim, value) in [
        ("iss", json!(ISSUER)),
        ("sub", json!(ADA)),
        ("aud", json!([API, "http://idp.test/userinfo"])),
        ("azp", json!("web")),
        ("scope", json!("openid profile email offline_access read:docs")),
        ("gty", json!(null)),
        ("canary", json!(canary::MARK)),
    ] {
        assert_eq!(access[claim], value, "{claim}");
    }
    let claims = world.provider.verify_access_token(answer["access_token"].as_str().unwrap(), API).unwrap();
    assert_eq!((claims.sub.as_str(), claims.client.as_str()), (ADA, "web"));
    assert_eq!(world.sins(), "");
}

#[tokio::test]
async fn the_page_lists_the_people_and_lets_one_cancel() {
    let world = World::new();
    let browser = world.browser();
    let ask = Ask::new().with("login_hint", "bob@acme.example");
    let way = browser.get(&ask.url()).await;
    let page = browser.get(way.location().as_str()).await;
    assert_eq!(page.status, StatusCode::OK);
    for text in [
        "Sandbox: these people and services are made up.",
        "Countersign asks who you are",
        "value=\"auth0|ada\"",
        "IT administrator",
        "value=\"auth0|bob\" autofocus",
        "Cancel",
    ] {
        assert!(page.body.contains(text), "{text}");
    }
    assert!(page.body.find("Bob Crane") < page.body.find("Ada Byron"), "the hinted person comes first");
    let policy = page.header(header::CONTENT_SECURITY_POLICY);
    assert!(policy.contains("form-action 'self' https://app.example"), "{policy}");

    let state = way.sent("state").unwrap();
    let back = browser.post("/u/login", &[("state", &state), ("action", "cancel")]).await;
    assert_eq!(back.sent("error").as_deref(), Some("access_denied"));
    assert_eq!(back.sent("state").as_ref(), Some(&ask.params["state"]));
    assert_eq!(back.sent("iss").as_deref(), Some(ISSUER));
    let again = browser.post("/u/login", &[("state", &state), ("sub", ADA)]).await;
    assert_eq!(again.status, StatusCode::BAD_REQUEST);
    assert_eq!(world.sins(), "", "cancelling is no sin");
}

#[tokio::test]
async fn the_sign_in_form_refuses_unknown_people_and_expires() {
    let world = World::new();
    let browser = world.browser();
    let state = browser.get(&Ask::new().url()).await.sent("state").unwrap();
    let nobody = browser.post("/u/login", &[("state", &state), ("sub", "auth0|mallory")]).await;
    assert_eq!(nobody.status, StatusCode::BAD_REQUEST);
    world.clock.advance(3601);
    let late = browser.post("/u/login", &[("state", &state), ("sub", ADA)]).await;
    assert_eq!(late.status, StatusCode::BAD_REQUEST);
    assert_eq!(browser.get("/u/login?state=%22%3E%3Cscript%3E").await.status, StatusCode::BAD_REQUEST);
}

/// Parameters added to the authorization request.
type Params = &'static [(&'static str, &'static str)];

/// Checks the outcome for a browser in which Ada is signed in: a code at once, the sign-in page, or an error.
#[tokio::test]
async fn a_session_lasts_until_the_client_or_time_requires_another_sign_in() {
    enum Then {
        Through,
        Asked,
        Refused(&'static str),
    }
    let rows: [(&str, Params, i64, Then); 10] = [
        ("no prompt", &[], 0, Then::Through),
        ("none", &[("prompt", "none")], 0, Then::Through),
        ("login", &[("prompt", "login")], 0, Then::Asked),
        ("select_account", &[("prompt", "select_account")], 0, Then::Asked),
        ("consent of a first-party client", &[("prompt", "consent")], 0, Then::Through),
        ("young enough", &[("max_age", "60")], 60, Then::Through),
        ("too old", &[("max_age", "60")], 61, Then::Asked),
        ("too old and none", &[("max_age", "60"), ("prompt", "none")], 61, Then::Refused("login_required")),
        ("max_age 0", &[("max_age", "0")], 0, Then::Asked),
        ("three idle days", &[("prompt", "none")], 259_200, Then::Refused("login_required")),
    ];
    let world = World::new();
    for (name, params, later, then) in rows {
        let browser = world.browser();
        browser.sign_in(&Ask::new(), ADA).await;
        world.clock.advance(later);
        let ask = params.iter().fold(Ask::new(), |ask, (name, value)| ask.with(name, value));
        let answer = browser.get(&ask.url()).await;
        match then {
            Then::Through => assert!(answer.sent("code").is_some(), "{name}"),
            Then::Asked => assert!(answer.location().path() == "/u/login", "{name}"),
            Then::Refused(error) => assert_eq!(answer.sent("error").as_deref(), Some(error), "{name}"),
        }
        assert_eq!(world.sins(), "", "{name}");
    }
}

#[tokio::test]
async fn the_session_id_stays_with_the_person_and_auth_time_moves() {
    let world = World::new();
    let browser = world.browser();
    let claims = async |ask: Ask, sub| {
        let answer = browser.tokens(&ask, sub).await.json();
        world.verified(answer["id_token"].as_str().unwrap()).await
    };
    let first = claims(Ask::new().with("max_age", "3600"), ADA).await;
    world.clock.advance(30);
    let second = claims(Ask::new().with("max_age", "3600"), ADA).await;
    assert_eq!((&first["sid"], &first["auth_time"]), (&second["sid"], &second["auth_time"]));
    let third = claims(Ask::new().with("max_age", "3600").with("prompt", "login"), ADA).await;
    assert_eq!(first["sid"], third["sid"]);
    assert!(third["auth_time"].as_i64() >= first["auth_time"].as_i64().map(|at| at + 30));
    let other = claims(Ask::new().with("prompt", "login"), BOB).await;
    assert_ne!(first["sid"], other["sid"]);
    assert_eq!(other["sub"], BOB);
}

#[tokio::test]
async fn names_are_text_and_never_markup() {
    let mut settings = settings();
    settings.clients[0].name = "<b title='\"'>&amp;".into();
    let world = World::of(settings);
    let browser = world.browser();
    let way = browser.get(&Ask::new().url()).await;
    let page = browser.get(way.location().as_str()).await;
    assert!(page.body.contains("&lt;b title=&#39;&quot;&#39;&gt;&amp;amp; asks who you are"), "{}", page.body);
}
