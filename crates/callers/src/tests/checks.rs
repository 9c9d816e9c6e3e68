//! The checks of an access token, a row each, and their order.

use super::issuer::{encode, header, jwk, modulus, sign};
use super::world::{AUDIENCE, ISSUER, NOW, World, person, token, with, world};
use crate::{Denial, InvalidToken, Reason};
use aws_lc_rs::hmac::{HMAC_SHA256, Key, sign as mac};
use serde_json::{Value, json};

async fn reason(world: &World, token: &str) -> Option<Reason> {
    world.call(token).await.err().map(|rejection| rejection.reason())
}

fn invalid(check: InvalidToken) -> Option<Reason> {
    Some(Reason::InvalidToken(check))
}

#[tokio::test]
async fn every_header_of_a_token_is_checked() {
    let world = world();
    let rows = [
        (json!({}), None),
        (json!({"typ": null}), None),
        (json!({"typ": "JWT"}), None),
        (json!({"typ": "application/AT+JWT"}), None),
        (json!({"jku": "https://evil.example/keys", "x5u": "https://evil.example/x", "x5c": ["AA=="]}), None),
        (json!({"jwk": jwk("EdDSA")}), None),
        (json!({"alg": "none"}), invalid(InvalidToken::Algorithm)),
        (json!({"alg": "HS256"}), invalid(InvalidToken::Algorithm)),
        (json!({"alg": "PS256"}), invalid(InvalidToken::Algorithm)),
        (json!({"alg": "es256"}), invalid(InvalidToken::Algorithm)),
        (json!({"alg": null}), invalid(InvalidToken::Form)),
        (json!({"alg": "RS256"}), invalid(InvalidToken::Key)),
        (json!({"typ": "logout+jwt"}), invalid(InvalidToken::Type)),
        (json!({"typ": "oauth-id-jag+jwt"}), invalid(InvalidToken::Type)),
        (json!({"typ": "dpop+jwt"}), invalid(InvalidToken::Type)),
        (json!({"typ": ""}), invalid(InvalidToken::Type)),
        (json!({"typ": 1}), invalid(InvalidToken::Form)),
        (json!({"crit": ["exp"]}), invalid(InvalidToken::CriticalExtension)),
        (json!({"crit": []}), invalid(InvalidToken::CriticalExtension)),
        (json!({"kid": "other"}), invalid(InvalidToken::Key)),
    ];
    for (changes, expected) in rows {
        let token = sign("ES256", &with(header("ES256"), &changes), person().to_string());
        assert_eq!(reason(&world, &token).await, expected, "{changes}");
    }
    let crit_null = encode(r#"{"alg":"ES256","kid":"es256","crit":null}"#);
    let token = format!("{crit_null}.{}.{}", encode(person().to_string()), encode([0; 64]));
    assert_eq!(reason(&world, &token).await, invalid(InvalidToken::CriticalExtension));
}

#[tokio::test]
async fn every_claim_of_a_token_is_checked() {
    let world = world();
    let rows = [
        (json!({}), None),
        (json!({"iss": null}), invalid(InvalidToken::Issuer)),
        (json!({"iss": "https://acme.us.auth0.com"}), invalid(InvalidToken::Issuer)),
        (json!({"iss": "https://evil.example/"}), invalid(InvalidToken::Issuer)),
        (json!({"iss": [ISSUER]}), invalid(InvalidToken::Issuer)),
        (json!({"aud": AUDIENCE}), None),
        (json!({"aud": null}), invalid(InvalidToken::Audience)),
        (json!({"aud": []}), invalid(InvalidToken::Audience)),
        (json!({"aud": {"0": AUDIENCE}}), invalid(InvalidToken::Audience)),
        (json!({"aud": "https://countersign.example.com/mcp/"}), invalid(InvalidToken::Audience)),
        (json!({"aud": "https://countersign.example.com/a2a"}), invalid(InvalidToken::Audience)),
        (json!({"exp": NOW - 60}), None),
        (json!({"exp": NOW - 61}), invalid(InvalidToken::Expiry)),
        (json!({"exp": null}), invalid(InvalidToken::Expiry)),
        (json!({"exp": "9999999999"}), invalid(InvalidToken::Expiry)),
        (json!({"nbf": NOW + 60}), None),
        (json!({"nbf": NOW + 120}), invalid(InvalidToken::NotBefore)),
        (json!({"nbf": "soon"}), invalid(InvalidToken::NotBefore)),
        (json!({"iat": NOW + 60}), None),
        (json!({"iat": null}), None),
        (json!({"iat": NOW + 61}), invalid(InvalidToken::IssuedAt)),
        (json!({"sub": null}), invalid(InvalidToken::Subject)),
        (json!({"sub": " "}), invalid(InvalidToken::Subject)),
        (json!({"sub": 7}), invalid(InvalidToken::Subject)),
        (json!({"cnf": {"jkt": "x"}}), invalid(InvalidToken::DpopBound)),
        (json!({"cnf": {"x5t#S256": "x"}}), invalid(InvalidToken::CertificateBound)),
        (json!({"cnf": {"jwk": {}}}), invalid(InvalidToken::KeyBound)),
        (json!({"cnf": "x"}), invalid(InvalidToken::KeyBound)),
        (json!({"org_id": "org_3"}), Some(Reason::Denied(Denial::Tenant))),
        (json!({"org_id": null}), Some(Reason::Denied(Denial::Tenant))),
        (json!({"environment": "test"}), Some(Reason::Denied(Denial::Claim))),
        (json!({"environment": null}), Some(Reason::Denied(Denial::Claim))),
        (json!({"scope": "api/readall xapi/read"}), Some(Reason::InsufficientScope)),
        (json!({"scope": null}), Some(Reason::InsufficientScope)),
    ];
    for (changes, expected) in rows {
        assert_eq!(world.call_with(changes.clone()).await.err(), expected, "{changes}");
    }
}

#[tokio::test]
async fn tokens_of_another_kind_or_for_another_audience_do_not_enter() {
    let world = world();
    let rows = [
        (json!({"aud": "https://countersign.example.com"}), InvalidToken::Audience),
        (json!({"aud": "https://acme.us.auth0.com/userinfo"}), InvalidToken::Audience),
        (json!({"nonce": "n"}), InvalidToken::Kind),
        (json!({"at_hash": "h"}), InvalidToken::Kind),
        (json!({"aud": [AUDIENCE, "inspector"]}), InvalidToken::Kind),
        (json!({"azp": AUDIENCE}), InvalidToken::Kind),
        (json!({"events": {"http://schemas.openid.net/event/backchannel-logout": {}}}), InvalidToken::Kind),
        (json!({"token_use": "id"}), InvalidToken::Kind),
        (json!({"typ": "Refresh"}), InvalidToken::Kind),
    ];
    for (changes, check) in rows {
        assert_eq!(world.call_with(changes.clone()).await, Err(Reason::InvalidToken(check)), "{changes}");
    }
    for typ in ["logout+jwt", "oauth-id-jag+jwt", "secevent+jwt"] {
        let token = sign("ES256", &with(header("ES256"), &json!({"typ": typ})), person().to_string());
        assert_eq!(reason(&world, &token).await, invalid(InvalidToken::Type), "{typ}");
    }
    assert!(world.call_with(json!({"token_use": "access", "typ": "Bearer"})).await.is_ok());
}

#[tokio::test]
async fn a_signature_is_verified_by_each_algorithm_and_a_changed_token_is_refused() {
    let world = world();
    world.keys.publish(&["RS256", "ES256", "ES384", "EdDSA"].map(jwk));
    for algorithm in ["RS256", "ES256", "ES384", "EdDSA"] {
        let good = sign(algorithm, &header(algorithm), person().to_string());
        assert_eq!(reason(&world, &good).await, None, "{algorithm}");
        let (message, signature) = good.rsplit_once('.').unwrap();
        let (head, _) = message.split_once('.').unwrap();
        let other = with(person(), &json!({"sub": "auth0|eve"})).to_string();
        for forged in
            [format!("{head}.{}.{signature}", encode(other)), format!("{message}."), format!("{message}.AAAA")]
        {
            assert_eq!(reason(&world, &forged).await, invalid(InvalidToken::Signature), "{algorithm}");
        }
    }
}

#[tokio::test]
async fn no_changed_character_of_a_token_is_accepted() {
    let world = world();
    let good = token(&person());
    for (at, own) in good.char_indices().step_by(11) {
        for other in ['A', 'B', '.', '=', '~'] {
            let changed = format!("{}{other}{}", &good[..at], &good[at + 1..]);
            assert!(other == own || world.call(&changed).await.is_err(), "{at} {other}");
        }
    }
}

#[tokio::test]
async fn no_token_chooses_a_weaker_algorithm() {
    let world = world();
    world.keys.publish(&[jwk("RS256")]);
    let unsigned = |alg: &str| {
        let head = json!({"alg": alg, "kid": "rs256"}).to_string();
        format!("{}.{}.", encode(head), encode(person().to_string()))
    };
    for alg in ["none", "None", "NONE", ""] {
        assert_eq!(reason(&world, &unsigned(alg)).await, invalid(InvalidToken::Algorithm), "{alg}");
    }
    let message = unsigned("HS256");
    let message = message.strip_suffix('.').unwrap();
    let keyed_with_the_public_key = mac(&Key::new(HMAC_SHA256, &modulus()), message.as_bytes());
    let token = format!("{message}.{}", encode(keyed_with_the_public_key));
    assert_eq!(reason(&world, &token).await, invalid(InvalidToken::Algorithm));
    let token = sign("ES256", &json!({"alg": "ES256", "kid": "rs256"}), person().to_string());
    assert_eq!(reason(&world, &token).await, invalid(InvalidToken::Key));
    assert_eq!(world.keys.fetches(), 1, "a key that does not fit is no reason to fetch");
}

#[tokio::test]
async fn no_address_in_a_token_is_asked() {
    let world = world();
    let unknown = with(person(), &json!({"iss": "https://evil.example/"}));
    let head =
        json!({"alg": "ES256", "kid": "es256", "jku": "https://evil.example/k", "x5u": "https://evil.example/x"});
    assert_eq!(reason(&world, &sign("ES256", &head, unknown.to_string())).await, invalid(InvalidToken::Issuer));
    assert_eq!(world.keys.fetches(), 0);
    let own_key = with(head, &json!({"alg": "EdDSA", "kid": "eddsa", "jwk": jwk("EdDSA")}));
    assert_eq!(reason(&world, &sign("EdDSA", &own_key, person().to_string())).await, invalid(InvalidToken::Key));
    assert_eq!(*world.keys.asked.lock().unwrap(), [ISSUER]);
}

#[tokio::test]
async fn the_first_check_that_fails_answers() {
    let world = world();
    let steps: [(Value, Value, Reason); 13] = [
        (json!({}), json!({"scope": "x"}), Reason::InsufficientScope),
        (json!({}), json!({"act": {"sub": "eve"}}), Reason::Denied(Denial::Actor)),
        (json!({}), json!({"cnf": {"jkt": "x"}}), Reason::InvalidToken(InvalidToken::DpopBound)),
        (json!({}), json!({"org_id": "org_3"}), Reason::Denied(Denial::Tenant)),
        (json!({}), json!({"environment": "test"}), Reason::Denied(Denial::Claim)),
        (json!({}), json!({"azp": "unlisted"}), Reason::Denied(Denial::Client)),
        (json!({}), json!({"nonce": "n"}), Reason::InvalidToken(InvalidToken::Kind)),
        (json!({}), json!({"exp": NOW - 61}), Reason::InvalidToken(InvalidToken::Expiry)),
        (json!({}), json!({"aud": "x"}), Reason::InvalidToken(InvalidToken::Audience)),
        (json!({"kid": "other"}), json!({}), Reason::InvalidToken(InvalidToken::Key)),
        (json!({}), json!({"iss": "https://evil.example/"}), Reason::InvalidToken(InvalidToken::Issuer)),
        (json!({"typ": "logout+jwt"}), json!({}), Reason::InvalidToken(InvalidToken::Type)),
        (json!({"alg": "HS256"}), json!({}), Reason::InvalidToken(InvalidToken::Algorithm)),
    ];
    let (mut head, mut claims) = (header("ES256"), person());
    assert_eq!(reason(&world, &token(&claims)).await, None);
    for (head_changes, claim_changes, expected) in steps {
        (head, claims) = (with(head, &head_changes), with(claims, &claim_changes));
        assert_eq!(reason(&world, &sign("ES256", &head, claims.to_string())).await, Some(expected), "{claims}");
    }
}
