//! Discovery documents, signing keys and rejected settings.

use sandbox_identity::{CallbackIssuer, Endpoint, Grant, Provider, SetupError};
use sandbox_kit::{Clock, Sins};
use serde_json::json;

use crate::world::{ADA, API, Ask, ISSUER, World, settings};

#[tokio::test]
async fn both_documents_are_the_same_and_point_below_the_issuer() {
    let world = World::new();
    let oidc = world.browser().get("/.well-known/openid-configuration").await.json();
    assert_eq!(oidc, world.browser().get("/.well-known/oauth-authorization-server").await.json());
    for (member, value) in [
        ("issuer", json!(ISSUER)),
        ("authorization_endpoint", json!("http://idp.test/authorize")),
        ("token_endpoint", json!("http://idp.test/oauth/token")),
        ("jwks_uri", json!("http://idp.test/.well-known/jwks.json")),
        ("end_session_endpoint", json!("http://idp.test/oidc/logout")),
        ("authorization_response_iss_parameter_supported", json!(true)),
        ("backchannel_logout_session_supported", json!(true)),
        ("backchannel_authentication_endpoint", json!("http://idp.test/bc-authorize")),
        ("backchannel_token_delivery_modes_supported", json!(["poll"])),
        ("backchannel_user_code_parameter_supported", json!(null)),
        ("grant_types_supported", json!(null)),
    ] {
        assert_eq!(oidc[member], value, "{member}");
    }
    assert_eq!(world.provider.requests_to(Endpoint::Discovery), 2);
    assert_eq!(world.provider.requests_to(Endpoint::Token(Grant::RefreshToken)), 0);
}

#[tokio::test]
async fn without_the_callback_issuer_neither_discovery_nor_callback_mentions_it() {
    let mut settings = settings();
    settings.callback_issuer = CallbackIssuer::Omitted;
    let world = World::of(settings);
    let document = world.browser().get("/.well-known/openid-configuration").await.json();
    assert_eq!(document["authorization_response_iss_parameter_supported"], json!(null));
    assert_eq!(world.browser().sign_in(&Ask::new(), ADA).await.sent("iss"), None);
}

#[tokio::test]
async fn keys_rotate_without_breaking_tokens_until_the_second_time() {
    let world = World::new();
    let kids = async || {
        let keys = world.browser().get("/.well-known/jwks.json").await.json();
        let keys = keys["keys"].as_array().unwrap().clone();
        keys.iter().map(|key| key["kid"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let first = kids().await;
    assert_eq!(first.len(), 2);
    let old = world.browser().tokens(&Ask::new(), ADA).await.json()["access_token"].as_str().unwrap().to_owned();

    world.provider.rotate_keys().unwrap();
    let second = kids().await;
    assert_eq!((&second[0], &second[2]), (&first[1], &first[0]));
    assert!(world.provider.verify_access_token(&old, API).is_ok());
    let new = world.browser().tokens(&Ask::new(), ADA).await.json()["access_token"].as_str().unwrap().to_owned();
    world.verified(&new).await;

    world.provider.rotate_keys().unwrap();
    assert!(!kids().await.contains(&first[0]));
    assert!(world.provider.verify_access_token(&old, API).is_err());
    assert!(world.provider.verify_access_token(&new, API).is_ok());
}

#[test]
fn contradictory_settings_are_refused() {
    let refused = |spoil: fn(&mut sandbox_identity::Settings)| {
        let mut settings = settings();
        spoil(&mut settings);
        Provider::new(settings, Clock::default(), Sins::default()).unwrap_err()
    };
    assert!(matches!(refused(|s| s.issuer = "http://idp.test".into()), SetupError::Issuer(_)));
    assert!(matches!(refused(|s| s.issuer = "http://idp.test/?a=/".into()), SetupError::Issuer(_)));
    assert!(matches!(refused(|s| s.clients.push(s.clients[0].clone())), SetupError::TwoClients(_)));
    assert!(matches!(refused(|s| s.clients[0].callbacks.push("/here".into())), SetupError::Url { .. }));
    assert!(matches!(refused(|s| s.ciba.interval_s = 0), SetupError::Interval(0)));
    assert!(matches!(refused(|s| s.audiences.clear()), SetupError::UnknownAudience { .. }));
}
