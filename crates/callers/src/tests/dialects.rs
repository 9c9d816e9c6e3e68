//! The dialects in which issuers name clients, agents, scopes and organizations.

use super::world::{CONFIG, ISSUER, OTHER_ISSUER, configured, person, token, with, world};
use crate::{AgentIdentity, Caller, Denial, InvalidToken, Reason};
use serde_json::{Value, json};

#[tokio::test]
async fn a_client_is_named_in_every_dialect_and_must_be_listed() {
    let world = world();
    let none = json!({"azp": null});
    let named = |changes: Value| with_all(&none, &changes);
    let rows = [
        (json!({}), Ok(Some("inspector"))),
        (named(json!({"client_id": "inspector"})), Ok(Some("inspector"))),
        (named(json!({"cid": "inspector"})), Ok(Some("inspector"))),
        (json!({"client_id": "inspector", "cid": "inspector"}), Ok(Some("inspector"))),
        (json!({"azp": "unlisted"}), Err(Reason::Denied(Denial::Client))),
        (json!({"azp": "INSPECTOR"}), Err(Reason::Denied(Denial::Client))),
        (named(json!({"client_id": "unlisted"})), Err(Reason::Denied(Denial::Client))),
        (named(json!({"cid": "unlisted"})), Err(Reason::Denied(Denial::Client))),
        (none.clone(), Err(Reason::Denied(Denial::Client))),
        (named(json!({"appid": "inspector"})), Err(Reason::Denied(Denial::Client))),
        (json!({"client_id": "supervisor"}), Err(Reason::InvalidToken(InvalidToken::Client))),
        (json!({"cid": "unlisted"}), Err(Reason::InvalidToken(InvalidToken::Client))),
        (json!({"azp": ["inspector"]}), Err(Reason::InvalidToken(InvalidToken::Client))),
    ];
    for (changes, expected) in rows {
        let caller = world.call_with(changes.clone()).await;
        let client = caller.map(|caller| caller.person().unwrap().client().map(str::to_owned));
        assert_eq!(client, expected.map(|client| client.map(str::to_owned)), "{changes}");
    }
    let any = configured(&CONFIG.replace("allowed_clients = [\"inspector\", \"supervisor\"]\n", ""));
    assert!(any.call_with(none).await.is_ok());
}

/// Joins two sets of changes, with the `null` members of the first.
fn with_all(first: &Value, second: &Value) -> Value {
    let mut all = first.clone();
    for (name, value) in second.as_object().unwrap() {
        all[name] = value.clone();
    }
    all
}

#[tokio::test]
async fn every_rule_about_claims_must_be_met() {
    let rule = r#"{ claim = "environment", operator = "EQUALS", value = "production" }"#;
    let second = r#"{ claim = "roles", operator = "CONTAINS_ANY", values = ["it", "support"] }"#;
    let world = configured(&CONFIG.replace(rule, &format!("{rule}, {second}")));
    let denied = Err(Reason::Denied(Denial::Claim));
    for (changes, expected) in [
        (json!({"roles": ["it"]}), Ok(())),
        (json!({"roles": ["sales", "support"]}), Ok(())),
        (json!({}), denied),
        (json!({"roles": ["sales"]}), denied),
        (json!({"roles": "it"}), denied),
        (json!({"roles": ["it"], "environment": "test"}), denied),
    ] {
        assert_eq!(world.call_with(changes.clone()).await.map(|_| ()), expected, "{changes}");
    }
}

#[tokio::test]
async fn an_agent_is_recognized_in_every_dialect() {
    let world = world();
    let rows = [
        json!({"sub": "inspector@clients", "gty": "client-credentials"}),
        json!({"gty": "client-credentials"}),
        json!({"gty": ["client-credentials"]}),
        json!({"sub": "inspector@clients"}),
        json!({"sub": "inspector"}),
        json!({"sub": "inspector", "azp": null, "client_id": "inspector"}),
        json!({"sub": "inspector", "azp": null, "cid": "inspector"}),
        json!({"sub": "agt_01J", "sub_profile": "ai_agent"}),
        json!({"sub": "agt_01J"}),
        json!({"sub_profile": "ai_agent"}),
        json!({"sub_profile": "service ai_agent"}),
        json!({"idtyp": "app"}),
        json!({"preferred_username": "service-account-supervisor"}),
    ];
    for changes in rows {
        let claims = with(person(), &changes);
        let Ok(Caller::Agent(agent)) = world.call(&token(&claims)).await else { panic!("{changes}") };
        let AgentIdentity::Client { issuer, subject, client } = agent.identity() else { panic!("{changes}") };
        assert_eq!(
            (&**issuer, &**subject, client.as_deref()),
            (ISSUER, claims["sub"].as_str().unwrap(), Some("inspector"))
        );
        assert_eq!(agent.tenant(), "acme");
    }
    for changes in [json!({"gty": "authorization_code"}), json!({"idtyp": "user"}), json!({"sub": "auth0|agt_1"})] {
        assert!(matches!(world.call_with(changes.clone()).await, Ok(Caller::Person(_))), "{changes}");
    }
}

#[tokio::test]
async fn scopes_are_whole_words_in_both_claims_and_permissions_bound_them() {
    let world = world();
    let rows = [
        (json!({"scope": "api/readall xapi/read"}), None),
        (json!({"scope": null, "scp": ["api/read"]}), Some("api/read")),
        (json!({"scope": null, "scp": "api/read api/admin"}), Some("api/admin api/read")),
        (json!({"scope": null, "scp": ["api/readall"]}), None),
        (json!({"scope": "api/read api/write", "permissions": ["api/read"]}), Some("api/read")),
        (json!({"scope": "api/read", "permissions": ["api/write"]}), None),
        (json!({"scope": "api/read", "permissions": []}), None),
        (json!({"scope": "api/admin"}), None),
        (json!({"scope": "api/write"}), Some("api/write")),
    ];
    for (changes, expected) in rows {
        let scopes = world.call_with(changes.clone()).await;
        let scopes = scopes.map(|caller| caller.scopes().iter().collect::<Vec<_>>().join(" "));
        assert_eq!(scopes, expected.map(str::to_owned).ok_or(Reason::InsufficientScope), "{changes}");
    }
}

#[tokio::test]
async fn the_same_subject_of_two_issuers_is_two_persons() {
    let world = world();
    let first = world.call_with(json!({})).await.unwrap();
    let second = world.call_with(json!({"iss": OTHER_ISSUER})).await.unwrap();
    assert_eq!(first.person().unwrap().subject(), second.person().unwrap().subject());
    assert_ne!(first.person(), second.person());
    assert_eq!((first.person().unwrap().issuer(), second.person().unwrap().issuer()), (ISSUER, OTHER_ISSUER));
}

#[tokio::test]
async fn the_tenant_follows_from_issuer_and_organization() {
    let world = world();
    for (changes, expected) in [
        (json!({}), Ok("acme")),
        (json!({"org_id": "org_2"}), Ok("umbrella")),
        (json!({"org_id": "acme"}), Err(Reason::Denied(Denial::Tenant))),
        (json!({"org_id": ["org_1"]}), Err(Reason::Denied(Denial::Tenant))),
        (json!({"org_id": null}), Err(Reason::Denied(Denial::Tenant))),
        (json!({"iss": OTHER_ISSUER}), Ok("acme")),
        (json!({"iss": OTHER_ISSUER, "org_id": "org_2"}), Ok("acme")),
    ] {
        let tenant = world.call_with(changes.clone()).await.map(|caller| caller.tenant().to_owned());
        assert_eq!(tenant, expected.map(str::to_owned), "{changes}");
    }
    let renamed = CONFIG.replace("organizations = {", "organization_claim = \"tid\"\norganizations = {");
    let world = configured(&renamed);
    assert_eq!(world.call_with(json!({"tid": "org_2"})).await.unwrap().tenant(), "umbrella");
    assert_eq!(world.call_with(json!({})).await, Err(Reason::Denied(Denial::Tenant)));
}
