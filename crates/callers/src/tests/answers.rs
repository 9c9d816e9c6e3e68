//! The answers to rejected requests, and the metadata document.

use super::world::{AUDIENCE, CONFIG, NOW, configured, person, request, token, with, world};
use crate::{Scope, WELL_KNOWN};
use serde_json::json;
use std::sync::atomic::Ordering;

const METADATA: &str = "https://countersign.example.com/.well-known/oauth-protected-resource/mcp";

#[tokio::test]
async fn each_kind_of_rejection_has_its_status_and_challenge() {
    let world = world();
    let invalid = |check: &str| {
        format!(
            r#"Bearer resource_metadata="{METADATA}", scope="api/read", error="invalid_token", error_description="{check}""#
        )
    };
    let insufficient =
        format!(r#"Bearer error="insufficient_scope", scope="api/read", resource_metadata="{METADATA}""#);
    let rows = [
        (json!({"exp": NOW - 61}), 401, Some(invalid("the expiry"))),
        (json!({"aud": "x"}), 401, Some(invalid("the audience"))),
        (
            json!({"cnf": {"jkt": "x"}}),
            401,
            Some(invalid("the binding to a DPoP key, which this version cannot check")),
        ),
        (json!({"scope": "x"}), 403, Some(insufficient)),
        (json!({"azp": "unlisted"}), 403, None),
        (json!({"org_id": "org_3"}), 403, None),
        (json!({"act": {"sub": "eve"}}), 403, None),
    ];
    for (changes, status, challenge) in rows {
        let rejection = world.call(&token(&with(person(), &changes))).await.unwrap_err();
        let own = rejection.www_authenticate().map(|value| value.to_str().unwrap().to_owned());
        assert_eq!((rejection.status().as_u16(), own), (status, challenge), "{changes}");
        assert_eq!(rejection.retry_after(), None);
    }
    let nothing = world.door.authorize(&request("/mcp", &[])).await.unwrap_err();
    let plain = format!(r#"Bearer resource_metadata="{METADATA}", scope="api/read""#);
    assert_eq!(
        (nothing.status().as_u16(), nothing.www_authenticate().unwrap().to_str().unwrap()),
        (401, plain.as_str())
    );
}

#[tokio::test]
async fn an_action_names_all_the_scopes_that_it_needs() {
    let world = world();
    let caller = world.call(&token(&person())).await.unwrap();
    let scopes =
        |names: &[&str]| names.iter().map(|name| Scope::try_from((*name).to_owned()).unwrap()).collect::<Vec<_>>();
    assert!(world.door.require_scopes(&caller, &scopes(&["api/read"])).is_ok());
    assert!(world.door.require_scopes(&caller, &[]).is_ok());
    let rejection = world.door.require_scopes(&caller, &scopes(&["api/read", "api/write"])).unwrap_err();
    assert_eq!(rejection.status(), 403);
    let expected =
        format!(r#"Bearer error="insufficient_scope", scope="api/read api/write", resource_metadata="{METADATA}""#);
    assert_eq!(rejection.www_authenticate().unwrap(), expected.as_str());
    assert!(world.door.require_scopes(&caller, &scopes(&["api/readall"])).is_err());
}

#[tokio::test]
async fn a_tool_names_its_scopes_and_those_that_the_caller_would_lose() {
    let world = world();
    assert!(world.door.has_tool_scopes());
    let rows = [
        ("api/read", Some("api/admin api/read api/write")),
        ("api/read unknown", Some("api/admin api/read api/write")),
        ("api/write", Some("api/admin api/write")),
        ("api/read api/write", Some("api/admin api/read api/write")),
        ("api/write api/admin", None),
        ("api/read api/write api/admin", None),
    ];
    for (scope, expected) in rows {
        let caller = world.call(&token(&with(person(), &json!({ "scope": scope })))).await.unwrap();
        assert!(world.door.require_tool_scopes(&caller, "another").is_ok(), "{scope}");
        let rejection = world.door.require_tool_scopes(&caller, "raise").err();
        let own = rejection.as_ref().map(|own| (own.status().as_u16(), own.www_authenticate().unwrap()));
        let expected = expected.map(|needed| {
            let text =
                format!(r#"Bearer error="insufficient_scope", scope="{needed}", resource_metadata="{METADATA}""#);
            (403, text.parse().unwrap())
        });
        assert_eq!(own, expected, "{scope}");
    }
    let agent = json!({"sub": "inspector@clients", "gty": "client-credentials"});
    let agent = world.call(&token(&with(person(), &agent))).await.unwrap();
    assert!(agent.person().is_none() && world.door.require_tool_scopes(&agent, "raise").is_err());
}

#[tokio::test]
async fn no_value_of_a_token_reaches_log_or_answer() {
    let world = world();
    let secret = "hunter2";
    let changes = [
        json!({"iss": secret}),
        json!({"aud": secret}),
        json!({"exp": secret}),
        json!({"nbf": secret}),
        json!({"iat": secret}),
        json!({"nonce": secret}),
        json!({"azp": secret}),
        json!({"cid": secret}),
        json!({"environment": secret}),
        json!({"org_id": secret}),
        json!({"cnf": {secret: secret}}),
        json!({"act": {"sub": secret}}),
        json!({"act": secret}),
        json!({"scope": secret}),
    ];
    let mut tokens: Vec<_> = changes.iter().map(|changes| token(&with(person(), changes))).collect();
    tokens.extend([secret.to_owned(), format!("cs-aws-v1.{secret}")]);
    for token in tokens {
        let rejection = world.call(&token).await.unwrap_err();
        let written = format!("{rejection} {rejection:?} {:?}", rejection.www_authenticate());
        assert!(!written.contains(secret) && !written.contains(&token), "{written}");
    }
    let caller = world.call(&token(&with(person(), &json!({"email": secret, "name": secret})))).await.unwrap();
    assert!(!format!("{caller:?} {:?}", world.door).contains(secret));
}

#[tokio::test]
async fn no_header_changes_challenge_or_metadata() {
    let world = world();
    let headers = [
        ("host", "evil.example"),
        ("x-forwarded-host", "evil.example"),
        ("x-forwarded-proto", "http"),
        ("forwarded", "host=evil.example"),
    ];
    let rejection = world.door.authorize(&request("https://evil.example/mcp", &headers)).await.unwrap_err();
    let challenge = rejection.www_authenticate().unwrap();
    assert!(challenge.to_str().unwrap().contains(METADATA));
    let metadata = serde_json::to_string(world.door.metadata()).unwrap();
    assert!(!challenge.to_str().unwrap().contains("evil") && !metadata.contains("evil"));
}

#[test]
fn the_metadata_document_is_built_from_the_configuration() {
    let world = world();
    assert_eq!(
        serde_json::to_value(world.door.metadata()).unwrap(),
        json!({
            "resource": AUDIENCE,
            "authorization_servers": ["https://acme.us.auth0.com/", "https://acme.okta.com/oauth2/default"],
            "scopes_supported": ["api/read", "api/write", "api/admin"],
            "bearer_methods_supported": ["header"],
            "resource_name": "Countersign",
        })
    );
    assert_eq!(world.door.metadata_path(), "/.well-known/oauth-protected-resource/mcp");
    let root = configured(&CONFIG.replace("countersign.example.com/mcp", "countersign.example.com"));
    assert_eq!(root.door.metadata_path(), WELL_KNOWN);
    assert_eq!(root.door.resource().metadata_url(), format!("https://countersign.example.com{WELL_KNOWN}"));
}

#[tokio::test]
async fn a_challenge_names_the_scopes_of_which_a_token_needs_any_unless_others_are_configured() {
    let world = configured(&CONFIG.replace("challenge_scopes = [\"api/read\"]\n", ""));
    let rejection = world.door.authorize(&request("/mcp", &[])).await.unwrap_err();
    let expected = format!(r#"Bearer resource_metadata="{METADATA}", scope="api/read api/write""#);
    assert_eq!(rejection.www_authenticate().unwrap(), expected.as_str());
}

#[tokio::test]
async fn an_unavailable_issuer_is_not_a_bad_token() {
    let world = world();
    world.keys.down.store(true, Ordering::Relaxed);
    let rejection = world.call(&token(&person())).await.unwrap_err();
    assert_eq!((rejection.status().as_u16(), rejection.www_authenticate()), (503, None));
    assert_eq!(rejection.retry_after().map(|pause| pause.as_secs()), Some(6));
    assert_eq!(rejection.to_string(), "the caller cannot be checked now: the sign-in service is not available");
}
