//! Access tokens for other servers: bound to one person and one audience, requested once and cached for a while.

use crate::world::{World, person};
use agent::intent::Need;
use agent::ports::{CredentialError, CredentialProvider};
use futures::future::join_all;
use sandbox::cloud::{Fault, Times};
use sandbox::identity::{Alteration, Refresh, Tamper};
use secrecy::ExposeSecret;
use serde_json::json;
use std::time::{Duration, Instant};

struct House {
    world: World,
}

/// Signs in Ada and Bob only.
async fn house() -> House {
    signed_in(World::new().await).await
}

/// Signs in Ada and Bob at a provider that rotates refresh tokens.
async fn rotating() -> House {
    signed_in(World::with(Refresh::Rotating { leeway_s: 0 }).await).await
}

async fn signed_in(world: World) -> House {
    for who in ["ada", "bob"] {
        world.person(who).await;
    }
    House { world }
}

impl House {
    async fn access_token(&self, who: &str, server: &str, scopes: &[&str]) -> Result<String, String> {
        let need = Need { provider: format!("mcp:{server}"), scopes: scopes.iter().map(ToString::to_string).collect() };
        let lent = self.world.access.access_token(&person(who), &need).await;
        lent.map(|access_token| access_token.token().expose_secret().to_owned()).map_err(|error| match error {
            CredentialError::Unavailable(error) => error.to_string(),
            other => other.to_string(),
        })
    }

    fn refreshes(&self) -> u64 {
        self.world.refreshes()
    }
}

#[tokio::test]
async fn attack_24_concurrent_callers_cost_one_request_a_person_and_get_their_own_token() {
    let house = house().await;
    let asked = (0..20).map(|i| house.access_token(["ada", "bob"][i % 2], "tasks", &["tasks:read"]));
    let lent: Vec<_> = join_all(asked).await.into_iter().map(Result::unwrap).collect();
    assert_eq!(house.refreshes(), 2);
    let audience = house.world.variable("MCP_TASKS_AUDIENCE");
    for (i, token) in lent.iter().enumerate() {
        let claims = house.world.sandbox.provider().verify_access_token(token, audience).unwrap();
        assert_eq!(
            (claims.sub.as_str(), claims.scopes.join(" ")),
            (["auth0|ada", "auth0|bob"][i % 2], "tasks:read".into())
        );
    }
    // More scopes need another token, and so does another sign-in.
    house.access_token("ada", "tasks", &["tasks:read", "tasks:write"]).await.unwrap();
    house.world.person("ada").await;
    house.access_token("ada", "tasks", &["tasks:read"]).await.unwrap();
    assert_eq!(house.refreshes(), 4);
    assert!(!format!("{:?}", house.world.access).contains("eyJ"));
    assert_eq!(house.world.sins(), [""; 0]);
}

#[tokio::test]
async fn attack_48_each_reason_to_refuse_a_token_is_distinguished() {
    let house = house().await;
    let cannot = |why: &str| Err(format!("the sign-in service is not available: access token: {why}"));
    let elsewhere = cannot("it is for another API; the client's refresh-token policy must name this audience");
    // For an audience that no policy names, the provider issues an opaque access token, which no server must get.
    let opaque = cannot("its signature: malformed");
    for (who, server, scopes, expected) in [
        ("eve", "tasks", vec!["tasks:read"], Err("the sign-in is over".to_owned())),
        ("ada", "none", vec![], cannot("there is no audience mcp:none")),
        (
            "ada",
            "tasks",
            vec!["tasks:read", "tasks:admin"],
            cannot("the client or the person is not allowed to have tasks:admin"),
        ),
        ("ada", "other", vec![], opaque),
    ] {
        assert_eq!(house.access_token(who, server, &scopes).await, expected, "{who} {server}");
    }
    let order = |order| house.world.sandbox.provider().tamper(Tamper::Once(order));
    for (alteration, expected) in [
        (Alteration::AccessTokenClaim("aud", json!("https://other.example/mcp")), elsewhere.clone()),
        (
            Alteration::AccessTokenClaim(
                "aud",
                json!(["https://other.example/mcp", house.world.variable("MCP_TASKS_AUDIENCE")]),
            ),
            elsewhere,
        ),
        (Alteration::AccessTokenClaim("sub", json!("auth0|bob")), cannot("it belongs to another person")),
        (Alteration::AccessTokenClaim("azp", json!("another")), cannot("it was issued to another client")),
        (Alteration::AccessTokenClaim("azp", json!(null)), cannot("it was issued to another client")),
        (Alteration::AccessTokenClaim("iss", json!("https://evil.example/")), cannot("another issuer issued it")),
        (
            Alteration::AccessTokenClaim("scope", json!("openid")),
            cannot("the client or the person is not allowed to have tasks:read"),
        ),
        (Alteration::Member("token_type", json!("DPoP")), cannot("it is not a bearer token")),
        (Alteration::Status429, cannot("the provider answered too_many_requests")),
    ] {
        order(alteration.clone());
        assert_eq!(house.access_token("ada", "tasks", &["tasks:read"]).await, expected, "{alteration:?}");
    }
    assert!(house.access_token("ada", "tasks", &["tasks:read"]).await.is_ok(), "and it is asked again");
    house.world.sandbox.provider().revoke_refresh_tokens_of("auth0|bob");
    assert_eq!(house.access_token("bob", "tasks", &["tasks:read"]).await, Err("the sign-in is over".to_owned()));
}

/// The provider accepts each refresh token once, and ends the whole sign-in if one is used twice.
#[tokio::test]
async fn attack_13_a_rotated_refresh_token_is_stored_before_an_access_token_is_given_out() {
    let house = rotating().await;
    let stored = || house.world.sign_ins.tokens.lock().unwrap()["auth0|ada"].expose_secret().to_owned();
    let first = stored();
    *house.world.sign_ins.full.lock().unwrap() = true;
    let lent = house.access_token("ada", "tasks", &["tasks:read"]).await;
    assert_eq!(lent, Err("the store is not available: it is full".to_owned()));
    assert_eq!(house.access_token("ada", "tasks", &["tasks:read"]).await, lent, "and no token is requested meanwhile");
    assert_eq!((house.refreshes(), stored()), (1, first.clone()));
    *house.world.sign_ins.full.lock().unwrap() = false;
    let token = house.access_token("ada", "tasks", &["tasks:read"]).await.unwrap();
    assert_ne!(stored(), first);
    assert_eq!(
        house.access_token("ada", "tasks", &["tasks:read"]).await.unwrap(),
        token,
        "the access token that it brought still works"
    );
    assert_eq!(house.refreshes(), 2, "with the refresh token that was held in memory");
    house.access_token("ada", "tasks", &["tasks:read", "tasks:write"]).await.unwrap();
    assert_eq!((house.refreshes(), house.world.sins()), (3, vec![]));
}

/// A pending rotation of an earlier sign-in, which could not be stored, must not block the next sign-in.
#[tokio::test]
async fn attack_13_a_new_sign_in_does_not_wait_for_an_unsaved_rotation_of_the_old_one() {
    let house = rotating().await;
    *house.world.sign_ins.full.lock().unwrap() = true;
    assert!(house.access_token("ada", "tasks", &["tasks:read"]).await.is_err());
    house.world.person("ada").await;
    assert_eq!(
        house.access_token("ada", "tasks", &["tasks:read"]).await,
        Err("the store is not available: it is full".to_owned()),
        "the new sign-in's token is used, and its rotation cannot be stored either"
    );
    assert_eq!(house.refreshes(), 2);
    house.world.person("ada").await;
    *house.world.sign_ins.full.lock().unwrap() = false;
    assert!(house.access_token("ada", "tasks", &["tasks:read"]).await.is_ok());
    assert_eq!(house.world.sins(), [""; 0]);
}

/// Another instance has rotated the refresh token after this one read it: the old one is used up, and the store has the
/// new.
#[tokio::test]
async fn attack_13_a_late_caller_uses_the_rotated_refresh_token() {
    let house = house().await;
    *house.world.sign_ins.stale.lock().unwrap() = Some("rt_used_up".into());
    assert!(house.access_token("ada", "tasks", &["tasks:read"]).await.is_ok());
    assert_eq!(house.refreshes(), 2);
    house.world.sandbox.provider().revoke_refresh_tokens_of("auth0|bob");
    assert_eq!(house.access_token("bob", "tasks", &["tasks:read"]).await, Err("the sign-in is over".to_owned()));
    assert_eq!(house.refreshes(), 3, "the same refresh token is not tried twice");
}

#[tokio::test]
async fn a_sign_in_to_another_organization_gets_no_token() {
    let house = house().await;
    let claim = Alteration::AccessTokenClaim("org_id", json!("org_other"));
    house.world.sandbox.provider().tamper(Tamper::Once(claim));
    let lent = house.access_token("ada", "tasks", &["tasks:read"]).await;
    let why = "the sign-in service is not available: access token: it is for another organization";
    assert_eq!(lent, Err(why.to_owned()));
    let own = Alteration::AccessTokenClaim("org_id", json!(person("ada").tenant()));
    house.world.sandbox.provider().tamper(Tamper::Once(own));
    assert!(house.access_token("ada", "tasks", &["tasks:read"]).await.is_ok());
}

/// Concurrent callers wait together for one request to a provider that does not answer, and share its error.
#[tokio::test]
async fn attack_34_a_caller_that_waited_for_a_silent_provider_does_not_wait_again() {
    let house = house().await;
    assert!(house.access_token("bob", "tasks", &["tasks:read"]).await.is_ok(), "the keys are known");
    house.world.sandbox.faults().set_matching("identity", "grant_type=refresh_token", Fault::Timeout, Times::Always);
    let begun = Instant::now();
    let asked = (0..5).map(|_| house.access_token("ada", "tasks", &["tasks:read"]));
    for lent in join_all(asked).await {
        assert!(lent.unwrap_err().starts_with("the sign-in service is not available"));
    }
    assert!(begun.elapsed() < Duration::from_secs(15), "{:?}", begun.elapsed());
    house.world.sandbox.faults().clear();
    assert!(house.access_token("ada", "tasks", &["tasks:read"]).await.is_ok());
}
