//! Tests of forged tokens and altered responses, on which tests of the client rely.

use aws_lc_rs::hmac;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sandbox_identity::{Alteration, InvalidToken, Signing, Tamper};
use serde_json::{Value, json};

use crate::world::{ADA, API, Ask, World, claims_of};

fn header_of(token: &str) -> Value {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(token.split('.').next().unwrap()).unwrap()).unwrap()
}

fn access_claims(world: &World) -> Value {
    let now = world.clock.seconds();
    json!({"iss": "http://idp.test/", "sub": ADA, "aud": API, "azp": "web", "iat": now, "exp": now + 60, "scope": "read:docs"})
}

#[test]
fn only_published_rs256_keys_make_an_access_token() {
    let world = World::new();
    for (how, alg, verdict) in [
        (Signing::CurrentKey, "RS256", Ok(())),
        (Signing::NextKey, "RS256", Ok(())),
        (Signing::UnknownKey, "RS256", Err(InvalidToken::Signature)),
        (Signing::ImpostorKey, "RS256", Err(InvalidToken::Signature)),
        (Signing::HmacOfPublicPem, "HS256", Err(InvalidToken::Signature)),
        (Signing::HmacOfPublicDer, "HS256", Err(InvalidToken::Signature)),
        (Signing::HmacOfClientSecret("web".into()), "HS256", Err(InvalidToken::Signature)),
        (Signing::Nothing, "none", Err(InvalidToken::Signature)),
        (Signing::Broken, "RS256", Err(InvalidToken::Signature)),
    ] {
        let token = world.provider.forge(json!({}), access_claims(&world), how.clone()).unwrap();
        assert_eq!(header_of(&token)["alg"], alg, "{how:?}");
        assert_eq!(world.provider.verify_access_token(&token, API).map(drop), verdict, "{how:?}");
    }
}

/// Each row sets one claim of an otherwise valid access token; null removes it.
#[test]
fn an_access_token_must_have_the_right_claims() {
    let world = World::new();
    let now = world.clock.seconds();
    for (claim, value, verdict) in [
        ("iss", json!("http://idp.test"), InvalidToken::Issuer),
        ("aud", json!("https://api.acme.example/"), InvalidToken::Audience),
        ("aud", json!(["https://other.example"]), InvalidToken::Audience),
        ("exp", json!(now), InvalidToken::Time),
        ("iat", json!(now + 60), InvalidToken::Time),
        ("exp", json!(null), InvalidToken::Malformed),
        ("sub", json!(null), InvalidToken::Malformed),
    ] {
        let mut claims = access_claims(&world);
        claims[claim] = value;
        let token = world.provider.forge(json!({}), claims, Signing::CurrentKey).unwrap();
        assert_eq!(world.provider.verify_access_token(&token, API), Err(verdict), "{claim}");
    }
    assert_eq!(world.provider.verify_access_token("nonsense", API), Err(InvalidToken::Malformed));
}

#[test]
fn a_forged_token_has_any_header_and_a_real_hmac_of_the_clients_secret() {
    let world = World::new();
    let header = json!({"typ": "logout+jwt", "kid": null, "crit": ["x"]});
    let token = world.provider.forge(header, json!({"a": 1}), Signing::HmacOfClientSecret("web".into())).unwrap();
    assert_eq!(header_of(&token), json!({"alg": "HS256", "typ": "logout+jwt", "crit": ["x"]}));
    let (signed, signature) = token.rsplit_once('.').unwrap();
    let key = hmac::Key::new(hmac::HMAC_SHA256, b"web secret+");
    hmac::verify(&key, signed.as_bytes(), &URL_SAFE_NO_PAD.decode(signature).unwrap()).unwrap();
}

/// Returns `true` if a token response or its ID token's claims are altered.
type Altered = fn(&Value, &Value) -> bool;

#[tokio::test]
async fn only_the_next_answer_is_altered_as_ordered() {
    let world = World::new();
    let id = |answer: &Value| claims_of(answer["id_token"].as_str().unwrap());
    let rows: Vec<(Alteration, Altered)> = vec![
        (Alteration::IdTokenClaim("nonce", json!("another")), |_, id| id["nonce"] == "another"),
        (Alteration::IdTokenClaim("nonce", Value::Null), |_, id| id["nonce"].is_null()),
        (Alteration::IdTokenClaim("iss", json!("https://evil.example/")), |_, id| id["iss"] == "https://evil.example/"),
        (Alteration::IdTokenExpired, |_, id| id["exp"].as_i64() < id["iat"].as_i64().map(|at| at + 3601)),
        (Alteration::IdTokenForTwo, |_, id| id["aud"] == json!(["web", "another-client"]) && id["azp"].is_null()),
        (Alteration::IdTokenOfAnother, |_, id| id["azp"] == "another-client"),
        (Alteration::AccessTokenClaim("aud", json!("x")), |a, _| {
            claims_of(a["access_token"].as_str().unwrap())["aud"] == "x"
        }),
        (Alteration::IdTokenIsAccessToken, |_, id| id["scope"].is_string()),
        (Alteration::Member("scope", json!("openid")), |answer, _| answer["scope"] == "openid"),
        (Alteration::Member("refresh_token", Value::Null), |answer, _| answer["refresh_token"].is_null()),
        (Alteration::IdTokenSigned(Signing::Nothing), |a, _| {
            header_of(a["id_token"].as_str().unwrap())["alg"] == "none"
        }),
    ];
    for (order, altered) in rows {
        world.provider.tamper(Tamper::Once(order.clone()));
        let first = world.browser().tokens(&Ask::new(), ADA).await.json();
        assert!(altered(&first, &id(&first)), "{order:?}");
        let second = world.browser().tokens(&Ask::new(), ADA).await.json();
        assert!(!altered(&second, &id(&second)), "{order:?} applies once");
    }
    world.provider.tamper(Tamper::Always(Alteration::NoIdToken));
    for _ in 0..2 {
        assert!(world.browser().tokens(&Ask::new(), ADA).await.json()["id_token"].is_null());
    }
    world.provider.tamper(Tamper::Off);
    assert!(world.browser().tokens(&Ask::new(), ADA).await.json()["id_token"].is_string());
    assert_eq!(world.sins(), "");
}

#[tokio::test]
async fn failures_come_before_or_after_the_request_is_carried_out() {
    let world = World::new();
    for (order, status, code_is_left) in
        [(Alteration::Status500, 500, true), (Alteration::Status429, 429, true), (Alteration::Garbage, 200, false)]
    {
        let ask = Ask::new();
        let code = world.browser().sign_in(&ask, ADA).await.sent("code").unwrap();
        world.provider.tamper(Tamper::Once(order.clone()));
        let machine =
            [("grant_type", "client_credentials"), ("client_id", "machine"), ("client_secret", "m"), ("audience", API)];
        assert_eq!(
            world.call("/oauth/token", &machine).await.status.as_u16(),
            200,
            "tokens for machines are not altered"
        );
        let failed = world.call("/oauth/token", &ask.redemption(&code)).await;
        assert_eq!(failed.status.as_u16(), status, "{order:?}");
        assert_eq!(failed.headers.contains_key("x-ratelimit-reset"), status == 429, "{order:?}");
        assert!(serde_json::from_str::<Value>(&failed.body).is_err() == (order == Alteration::Garbage), "{order:?}");
        let again = world.call("/oauth/token", &ask.redemption(&code)).await;
        assert_eq!(again.status.as_u16() == 200, code_is_left, "{order:?}");
    }
}
