//! Redeeming authorization codes.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::json;

use crate::world::{ADA, Ask, World};

/// Each row changes one parameter of a valid redemption (an empty value counts as absent).
#[tokio::test]
async fn an_invalid_redemption_is_refused() {
    let world = World::new();
    let wrong = "wrong-verifier-wrong-verifier-wrong-verifier-wrong";
    for (parameter, value, status, error, sin) in [
        ("grant_type", "", 400, "invalid_request", "grant_type"),
        ("grant_type", "password", 400, "unsupported_grant_type", "grant type"),
        ("grant_type", "client_credentials", 403, "unauthorized_client", "not allowed"),
        ("client_id", "", 400, "invalid_request", "client_id"),
        ("client_id", "stranger", 401, "access_denied", "authentication"),
        ("client_secret", "", 401, "access_denied", "authentication"),
        ("client_secret", "wrong", 401, "access_denied", "authentication"),
        ("code", "", 400, "invalid_request", "code"),
        ("code", "unknown", 403, "invalid_grant", ""),
        ("redirect_uri", "", 400, "invalid_request", "redirect_uri"),
        ("redirect_uri", "https://app.example/other", 403, "invalid_grant", "redirect_uri"),
        ("code_verifier", "", 403, "invalid_grant", "code_verifier"),
        ("code_verifier", "short", 403, "invalid_grant", "code_verifier"),
        ("code_verifier", wrong, 403, "invalid_grant", ""),
    ] {
        let ask = Ask::new();
        let code = world.browser().sign_in(&ask, ADA).await.sent("code").unwrap();
        let form = ask.redemption(&code).map(|(name, own)| (name, if name == parameter { value } else { own }));
        let answer = world.call("/oauth/token", &form).await;
        let row = format!("{parameter}={value}");
        assert_eq!(answer.refusal(), (status, error.to_owned()), "{row}");
        let sins = world.sins();
        assert_eq!(sins.is_empty(), sin.is_empty(), "{row}: {sins}");
        assert!(sins.contains(sin), "{row}: {sins}");
    }
}

#[tokio::test]
async fn a_code_works_once_and_its_reuse_revokes_all_tokens_from_it() {
    let (world, ask) = (World::new(), Ask::new());
    let code = world.browser().sign_in(&ask, ADA).await.sent("code").unwrap();
    let tokens = world.call("/oauth/token", &ask.redemption(&code)).await.json();
    let again = world.call("/oauth/token", &ask.redemption(&code)).await;
    assert_eq!(again.refusal(), (403, "invalid_grant".to_owned()));
    assert_eq!(again.json()["error_description"], "Invalid authorization code");
    assert!(world.sins().contains("used twice"));

    let access = tokens["access_token"].as_str().unwrap();
    assert!(world.provider.verify_access_token(access, crate::world::API).is_err());
    let refresh = [
        ("grant_type", "refresh_token"),
        ("client_id", "web"),
        ("client_secret", "web secret+"),
        ("refresh_token", tokens["refresh_token"].as_str().unwrap()),
    ];
    assert_eq!(world.call("/oauth/token", &refresh).await.refusal(), (403, "invalid_grant".to_owned()));
    assert_eq!(world.sins(), "", "using a token that was revoked meanwhile is no sin");
}

#[tokio::test]
async fn a_code_works_for_one_client_for_one_minute() {
    let (world, ask) = (World::new(), Ask::new());
    let browser = world.browser();
    let code = browser.sign_in(&ask, ADA).await.sent("code").unwrap();
    let foreign = ask.redemption(&code).map(|(name, own)| match name {
        "client_id" => (name, "strict"),
        "client_secret" => (name, "s"),
        _ => (name, own),
    });
    assert_eq!(world.call("/oauth/token", &foreign).await.refusal(), (403, "invalid_grant".to_owned()));
    assert_eq!(world.call("/oauth/token", &ask.redemption(&code)).await.status, StatusCode::OK);

    let late = Ask::new();
    let code = browser.sign_in(&late, ADA).await.sent("code").unwrap();
    world.clock.advance(60);
    assert_eq!(world.call("/oauth/token", &late.redemption(&code)).await.refusal(), (403, "invalid_grant".to_owned()));
    assert_eq!(world.sins(), "");
}

#[tokio::test]
async fn a_client_may_use_basic_and_json_but_not_two_authentications_at_once() {
    let world = World::new();
    let basic = format!("Basic {}", STANDARD.encode("web:web+secret%2B"));
    let more = format!("Basic {}", STANDARD.encode("web:web+secret%2B=x"));
    let unescaped = format!("Basic {}", STANDARD.encode("web:web secret+"));
    for (name, authorization, secret, status) in [
        ("basic", Some(&basic), None, 200),
        ("body", None, Some("web secret+"), 200),
        ("basic with more than a secret", Some(&more), None, 401),
        ("both", Some(&basic), Some("web secret+"), 400),
        ("neither", None, None, 401),
        ("basic, not form-encoded", Some(&unescaped), None, 401),
    ] {
        let ask = Ask::new();
        let code = world.browser().sign_in(&ask, ADA).await.sent("code").unwrap();
        let mut body = json!({
            "grant_type": "authorization_code", "client_id": "web", "code": code,
            "redirect_uri": crate::world::CALLBACK, "code_verifier": ask.verifier,
        });
        secret.into_iter().for_each(|secret| body["client_secret"] = json!(secret));
        let mut request = Request::post("/oauth/token").header(header::CONTENT_TYPE, "application/json");
        if let Some(value) = authorization {
            request = request.header(header::AUTHORIZATION, value);
        }
        let answer = world.send(request.body(Body::from(body.to_string())).unwrap()).await;
        assert_eq!(answer.status.as_u16(), status, "{name}: {}", answer.body);
    }
}

#[tokio::test]
async fn unknown_and_repeated_parameters_are_sins() {
    let (world, ask) = (World::new(), Ask::new());
    let browser = world.browser();
    let code = browser.sign_in(&ask, ADA).await.sent("code").unwrap();
    let more = [&ask.redemption(&code)[..], &[("scope", "openid")]].concat();
    assert_eq!(world.call("/oauth/token", &more).await.status, StatusCode::OK);
    assert!(world.sins().contains("unknown parameter scope"));
    let twice = [&ask.redemption(&code)[..], &[("code", "other")]].concat();
    assert_eq!(world.call("/oauth/token", &twice).await.refusal(), (400, "invalid_request".to_owned()));
    let text =
        Request::post("/oauth/token").header(header::CONTENT_TYPE, "text/plain").body(Body::from("a=b")).unwrap();
    assert_eq!(world.send(text).await.refusal(), (400, "invalid_request".to_owned()));
}

#[tokio::test]
async fn a_stolen_code_is_useless_and_recorded_as_nobodys_sin() {
    let (world, owner, thief) = (World::new(), Ask::new(), Ask::new());
    let code = world.browser().sign_in(&owner, ADA).await.sent("code").unwrap();
    let stolen = world.call("/oauth/token", &thief.redemption(&code)).await;
    assert_eq!(stolen.json()["error_description"], "Failed to verify code verifier");
    assert_eq!(world.call("/oauth/token", &owner.redemption(&code)).await.refusal(), (403, "invalid_grant".to_owned()));
    assert_eq!(world.sins(), "");
}
