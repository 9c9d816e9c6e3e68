//! The sign-in of a client that registered itself: the resource that its token is for, the consent, and the refusals.

use axum::http::{StatusCode, header};
use serde_json::{Value, json};

use crate::registration::{CALLBACK, stranger};
use crate::world::{ADA, API, Answer, Ask, BOB, Browser, DOOR, ISSUER, ME, World, claims_of};

/// Returns the request of a client that knows nothing but the door's metadata.
fn ask(client: &str) -> Ask {
    let ask = Ask::new().with("client_id", client).with("redirect_uri", CALLBACK).with("scope", "tools");
    ask.without("audience").without("state").without("nonce").with("resource", DOOR)
}

/// Signs in and answers the consent page.
async fn answered(browser: &Browser<'_>, ask: &Ask, action: &str) -> Answer {
    let asked = browser.sign_in(ask, ADA).await;
    assert!(asked.header(header::LOCATION).starts_with("http://idp.test/u/consent?"), "{:?}", asked.headers);
    let state = asked.sent("state").unwrap();
    browser.post("/u/consent", &[("state", &state), ("action", action)]).await
}

async fn redeemed(world: &World, ask: &Ask, code: &str, more: &[(&str, &str)]) -> Answer {
    let own = [
        ("grant_type", "authorization_code"),
        ("client_id", &ask.params["client_id"]),
        ("code", code),
        ("redirect_uri", CALLBACK),
        ("code_verifier", &ask.verifier),
    ];
    world.call("/oauth/token", &[&own[..], more].concat()).await
}

#[tokio::test]
async fn a_stranger_gets_a_token_for_exactly_the_resource_that_it_names() {
    let world = World::new();
    let client = stranger(&world).await;
    let ask = ask(&client).with("scope", "tools admin offline_access");
    let back = answered(&world.browser(), &ask, "allow").await;
    assert_eq!((back.sent("iss").as_deref(), back.sent("state")), (Some(ISSUER), None));
    let answer = redeemed(&world, &ask, &back.sent("code").unwrap(), &[("resource", DOOR)]).await.json();
    assert_eq!((&answer["scope"], &answer["id_token"]), (&json!("tools offline_access"), &Value::Null));
    let claims = world.verified(answer["access_token"].as_str().unwrap()).await;
    for (claim, value) in [
        ("aud", json!(DOOR)),
        ("azp", json!(client)),
        ("sub", json!(ADA)),
        ("scope", json!("tools offline_access")),
        ("email", json!("ada@acme.example")),
        ("email_verified", json!(true)),
        ("preferred_username", json!("ada@acme.example")),
        ("act", Value::Null),
    ] {
        assert_eq!(claims[claim], value, "{claim}");
    }
    let form = [("grant_type", "refresh_token"), ("client_id", &client), ("resource", DOOR)];
    let refresh = answer["refresh_token"].as_str().unwrap();
    let fresh = world.call("/oauth/token", &[&form[..], &[("refresh_token", refresh)]].concat()).await.json();
    assert_eq!(claims_of(fresh["access_token"].as_str().unwrap())["aud"], DOOR);
    assert_ne!(fresh["refresh_token"].as_str().unwrap(), refresh, "it rotates");
    assert_eq!(world.sins(), "");
}

#[tokio::test]
async fn with_both_parameters_the_audience_counts_as_at_auth0() {
    let world = World::new();
    let ask = Ask::new().with("resource", DOOR);
    let token = world.browser().tokens(&ask, ADA).await.json();
    assert_eq!(claims_of(token["access_token"].as_str().unwrap())["aud"][0], API);
    assert_eq!(world.sins(), "");
}

#[tokio::test]
async fn the_page_of_consent_says_who_the_client_says_it_is_and_where_the_answer_goes() {
    let world = World::new();
    let ask = ask(&stranger(&world).await);
    let browser = world.browser();
    let asked = browser.sign_in(&ask, ADA).await;
    let page = browser.get(asked.location().as_str()).await;
    for text in [
        "A &lt;b&gt;stranger&lt;/b&gt;",
        "Nobody has checked",
        "Ada Byron",
        DOOR,
        "http://127.0.0.1:7777",
        "<li class=\"mono\">tools</li>",
    ] {
        assert!(page.body.contains(text), "{text}: {}", page.body);
    }
    assert!(page.header(header::CONTENT_SECURITY_POLICY).contains("form-action 'self' http://127.0.0.1:7777"));
    assert_eq!(page.header(header::X_FRAME_OPTIONS), "DENY");
    let denied = answered(&world.browser(), &ask, "deny").await;
    assert_eq!(denied.sent("error").as_deref(), Some("access_denied"));
}

#[tokio::test]
async fn consent_is_asked_each_time_and_only_of_the_person_who_signed_in() {
    let world = World::new();
    let client = stranger(&world).await;
    let browser = world.browser();
    answered(&browser, &ask(&client), "allow").await;
    let silent = browser.get(&ask(&client).with("prompt", "none").url()).await;
    assert_eq!(silent.sent("error").as_deref(), Some("consent_required"));
    let asked = browser.get(&ask(&client).url()).await;
    let state = asked.sent("state").unwrap();
    let allow = [("state", state.as_str()), ("action", "allow")];

    let elsewhere = world.browser();
    assert_eq!(elsewhere.get(asked.location().as_str()).await.status, StatusCode::BAD_REQUEST, "no session");
    assert_eq!(elsewhere.post("/u/consent", &allow).await.status, StatusCode::BAD_REQUEST, "no session");
    elsewhere.sign_in(&Ask::new(), BOB).await;
    assert_eq!(elsewhere.post("/u/consent", &allow).await.status, StatusCode::BAD_REQUEST, "another person");
    assert!(browser.post("/u/consent", &allow).await.sent("code").is_some(), "the question is still open");
    assert_eq!(browser.post("/u/consent", &allow).await.status, StatusCode::BAD_REQUEST, "an answer counts once");
    let late = browser.get(&ask(&client).url()).await.sent("state").unwrap();
    world.clock.advance(600);
    let answer = browser.post("/u/consent", &[("state", &late), ("action", "allow")]).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST, "it expires");
}

#[tokio::test]
async fn a_stranger_is_refused_what_is_not_for_strangers() {
    let world = World::new();
    let client = stranger(&world).await;
    // Columns: request, error at the callback, text of the sin or none.
    for (ask, error, sin) in [
        (ask(&client).with("resource", API), "unauthorized_client", ""),
        (ask(&client).with("audience", API), "unauthorized_client", ""),
        (ask(&client).with("resource", ME), "access_denied", ""),
        (ask(&client).with("resource", "https://desk.example/mcp/"), "access_denied", ""),
        (ask(&client).without("code_challenge"), "invalid_request", "code_challenge"),
        (ask(&client).with("code_challenge_method", "plain"), "invalid_request", "code_challenge_method"),
        (ask(&client).with("response_type", "token"), "unsupported_response_type", "response type"),
        (ask(&client).with("request", "e30.e30."), "request_not_supported", "request"),
    ] {
        let answer = world.browser().get(&ask.url()).await;
        assert_eq!(answer.sent("error").as_deref(), Some(error), "{:?}", ask.params);
        assert!(world.sins().contains(sin), "{:?}", ask.params);
    }
    let elsewhere = ask(&client).with("redirect_uri", "http://127.0.0.1:7778/callback");
    assert_eq!(world.browser().get(&elsewhere.url()).await.status, StatusCode::BAD_REQUEST, "the exact address");
    let twice = format!("{}&resource=https://other.example", ask(&client).url());
    assert_eq!(world.browser().get(&twice).await.status, StatusCode::BAD_REQUEST, "one resource");
}

#[tokio::test]
async fn a_code_of_a_stranger_is_worth_nothing_to_others() {
    let world = World::new();
    let (client, other) = (stranger(&world).await, stranger(&world).await);
    let ask = ask(&client);
    let code = answered(&world.browser(), &ask, "allow").await.sent("code").unwrap();
    // Columns: parameters that replace or join the honest ones, status, error.
    for (more, status, error) in [
        (("client_id", other.as_str()), 403, "invalid_grant"),
        (("client_secret", "guess"), 401, "access_denied"),
        (("code_verifier", ""), 403, "invalid_grant"),
        (("grant_type", "client_credentials"), 403, "unauthorized_client"),
    ] {
        let own = [
            ("grant_type", "authorization_code"),
            ("client_id", client.as_str()),
            ("code", &code),
            ("redirect_uri", CALLBACK),
            ("code_verifier", &ask.verifier),
        ];
        let kept = own.into_iter().filter(|(name, _)| *name != more.0).chain([more]);
        let answer = world.call("/oauth/token", &kept.collect::<Vec<_>>()).await;
        assert_eq!(answer.refusal(), (status, error.to_owned()), "{more:?}");
    }
    world.sins();
    let answer = redeemed(&world, &ask, &code, &[]).await;
    assert_eq!(answer.status, StatusCode::OK, "the rightful client comes last: {}", answer.body);
}

#[tokio::test]
async fn a_code_is_for_the_resource_that_was_authorized() {
    let world = World::new();
    let ask = ask(&stranger(&world).await);
    let code = answered(&world.browser(), &ask, "allow").await.sent("code").unwrap();
    let answer = redeemed(&world, &ask, &code, &[("resource", API)]).await;
    assert_eq!(answer.refusal(), (400, "invalid_target".to_owned()));
    assert!(world.sins().contains("resource"));
}
