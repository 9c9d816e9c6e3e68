//! The exchange of a person's token for one by which an agent acts for them.

use sandbox_identity::{Client, Endpoint, Grant, Signing};
use serde_json::{Value, json};

use crate::world::{ADA, API, Answer, Ask, DOOR, ISSUER, World, settings};

const GRANT: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
const ACCESS: &str = "urn:ietf:params:oauth:token-type:access_token";
const AGENT: (&str, &str) = ("agent", "g");

/// Exchanges the token; entries of `more` are added or replace those of the same name, and an empty one removes it.
async fn exchange(world: &World, client: (&str, &str), token: &str, more: &[(&str, &str)]) -> Answer {
    let own = [
        ("grant_type", GRANT),
        ("client_id", client.0),
        ("client_secret", client.1),
        ("subject_token", token),
        ("subject_token_type", ACCESS),
        ("requested_token_type", ACCESS),
        ("audience", DOOR),
    ];
    let kept = own.into_iter().filter(|(name, _)| more.iter().all(|(other, _)| other != name));
    world.call("/oauth/token", &kept.chain(more.iter().copied()).collect::<Vec<_>>()).await
}

/// Returns a token of Ada for the agent's API.
async fn subject(world: &World) -> String {
    let tokens = world.browser().tokens(&Ask::new().with("scope", "read:docs offline_access"), ADA).await;
    tokens.json()["access_token"].as_str().unwrap().to_owned()
}

/// Returns a token of Ada for the agent's API on which these agents acted, the current one first.
fn acted(world: &World, agents: &[&str]) -> String {
    let act = agents.iter().rev().fold(Value::Null, |before, agent| match before {
        Value::Null => json!({ "sub": agent }),
        before => json!({ "sub": agent, "act": before }),
    });
    let now = world.clock.seconds();
    let claims =
        json!({ "iss": ISSUER, "sub": ADA, "aud": API, "azp": "web", "iat": now, "exp": now + 60, "act": act });
    world.provider.forge(json!({}), claims, Signing::CurrentKey).unwrap()
}

#[tokio::test]
async fn an_agent_acts_for_a_person_at_another_api() {
    let world = World::new();
    let answer = exchange(&world, AGENT, &subject(&world).await, &[]).await.json();
    assert_eq!(
        (&answer["issued_token_type"], &answer["token_type"], &answer["expires_in"], &answer["scope"]),
        (&json!(ACCESS), &json!("Bearer"), &json!(86_400), &json!("tools"))
    );
    assert_eq!((&answer["refresh_token"], &answer["id_token"]), (&Value::Null, &Value::Null));
    let claims = world.verified(answer["access_token"].as_str().unwrap()).await;
    for (claim, value) in [
        ("sub", json!(ADA)),
        ("aud", json!(DOOR)),
        ("azp", json!("agent")),
        ("scope", json!("tools")),
        ("act", json!({ "sub": "agent" })),
        ("email", json!("ada@acme.example")),
        ("gty", Value::Null),
    ] {
        assert_eq!(claims[claim], value, "{claim}");
    }
    let named = exchange(&world, AGENT, &subject(&world).await, &[("scope", "tools")]).await.json();
    assert_eq!(named["scope"], Value::Null, "it is told only if it differs");
    let wide = exchange(&world, AGENT, &subject(&world).await, &[("scope", "tools admin")]).await.json();
    assert_eq!(wide["scope"], "tools");
    assert_eq!(world.provider.requests_to(Endpoint::Token(Grant::OnBehalfOf)), 3);
    assert_eq!(world.sins(), "");
}

#[tokio::test]
async fn a_chain_nests_and_its_fifth_agent_is_refused() {
    let world = World::new();
    let chain = exchange(&world, AGENT, &acted(&world, &["c", "b", "a"]), &[]).await.json();
    let claims = world.verified(chain["access_token"].as_str().unwrap()).await;
    assert_eq!(claims["act"], json!({"sub": "agent", "act": {"sub": "c", "act": {"sub": "b", "act": {"sub": "a"}}}}));
    let refused = exchange(&world, AGENT, &acted(&world, &["d", "c", "b", "a"]), &[]).await;
    assert_eq!(refused.refusal(), (400, "invalid_request".to_owned()));
    assert_eq!(world.sins(), "", "the length of a chain is no mistake of the client");
}

#[tokio::test]
async fn every_other_exchange_is_refused() {
    let mut settings = settings();
    settings.clients.push(Client { grants: vec![Grant::OnBehalfOf], ..Client::new("plain", "p", "Not of an API") });
    let world = World::of(settings);
    let token = subject(&world).await;
    let machine =
        [("grant_type", "client_credentials"), ("client_id", "agent"), ("client_secret", "g"), ("audience", API)];
    let machine = world.call("/oauth/token", &machine).await.json()["access_token"].as_str().unwrap().to_owned();
    let elsewhere = exchange(&world, AGENT, &token, &[]).await.json()["access_token"].as_str().unwrap().to_owned();
    // Columns: client, parameters, status, error, number of violations.
    type Row<'a> = ((&'a str, &'a str), &'a [(&'a str, &'a str)], u16, &'a str, usize);
    let rows: [Row<'_>; 15] = [
        (AGENT, &[("subject_token", "")], 400, "invalid_request", 1),
        (AGENT, &[("subject_token_type", "")], 400, "invalid_request", 1),
        (AGENT, &[("audience", "")], 400, "invalid_request", 1),
        (AGENT, &[("subject_token_type", "urn:ietf:params:oauth:token-type:jwt")], 400, "invalid_request", 1),
        (
            AGENT,
            &[("requested_token_type", "urn:ietf:params:oauth:token-type:refresh_token")],
            400,
            "invalid_request",
            1,
        ),
        (AGENT, &[("subject_token", "guess")], 401, "invalid_grant", 0),
        (AGENT, &[("subject_token", &elsewhere)], 401, "invalid_grant", 0),
        (AGENT, &[("subject_token", &machine)], 400, "invalid_request", 0),
        (AGENT, &[("audience", "https://nowhere.example")], 403, "access_denied", 0),
        (AGENT, &[("audience", "https://online.example")], 403, "access_denied", 0),
        (("agent", "wrong"), &[], 401, "access_denied", 1),
        (("agent", ""), &[], 401, "access_denied", 1),
        (("plain", "p"), &[], 403, "unauthorized_client", 0),
        (("web", "web secret+"), &[], 403, "unauthorized_client", 1),
        (AGENT, &[("actor_token", "guess")], 200, "", 1),
    ];
    for (client, more, status, error, sins) in rows {
        let answer = exchange(&world, client, &token, more).await;
        assert_eq!(answer.refusal(), (status, error.to_owned()), "{client:?} {more:?}");
        assert_eq!(world.sins().lines().count(), sins, "{client:?} {more:?}");
    }
    world.clock.advance(86_400);
    assert_eq!(exchange(&world, AGENT, &token, &[]).await.refusal(), (401, "invalid_grant".to_owned()), "expired");
}

#[tokio::test]
async fn the_agents_token_ends_with_the_authorization_of_the_person() {
    let world = World::new();
    let (browser, ask) = (world.browser(), Ask::new().with("scope", "read:docs"));
    let code = browser.sign_in(&ask, ADA).await.sent("code").unwrap();
    let token = world.call("/oauth/token", &ask.redemption(&code)).await.json();
    let answer = exchange(&world, AGENT, token["access_token"].as_str().unwrap(), &[]).await.json();
    let acting = answer["access_token"].as_str().unwrap();
    assert!(world.provider.verify_access_token(acting, DOOR).is_ok());
    // A code that is used twice revokes all tokens of its authorization.
    world.call("/oauth/token", &ask.redemption(&code)).await;
    assert!(world.provider.verify_access_token(acting, DOOR).is_err());
}
