//! The cache of keys, with a clock that only the test advances.

use super::issuer::{header, jwk, sign};
use super::world::{OTHER_ISSUER, World, person, token, with, world};
use crate::{InvalidToken, LARGEST_KEY_SET, Reason};
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

const SECOND: i64 = 1000;
const MINUTE: i64 = 60 * SECOND;

fn unknown(number: usize) -> String {
    sign("ES256", &with(header("ES256"), &json!({"kid": format!("k{number}")})), person().to_string())
}

async fn reason(world: &World, token: &str) -> Option<Reason> {
    world.call(token).await.err().map(|rejection| rejection.reason())
}

const KEY: Option<Reason> = Some(Reason::InvalidToken(InvalidToken::Key));

fn unavailable(seconds: u64) -> Option<Reason> {
    Some(Reason::Unavailable { service: oidc::SERVICE, retry_after: Duration::from_secs(seconds) })
}

#[tokio::test]
async fn a_hundred_unknown_keys_in_a_minute_cause_one_fetch() {
    let world = world();
    for number in 0..100 {
        assert_eq!(reason(&world, &unknown(number)).await, KEY);
        world.clock.advance(599);
    }
    assert_eq!(world.keys.fetches(), 1);
    world.clock.advance(SECOND);
    assert_eq!(reason(&world, &unknown(100)).await, KEY);
    assert_eq!(world.keys.fetches(), 2);
    assert!(world.call(&token(&person())).await.is_ok());
    assert_eq!(world.keys.fetches(), 2);
}

#[tokio::test]
async fn unknown_keys_at_once_share_one_fetch() {
    let world = Arc::new(world());
    assert!(world.call(&token(&person())).await.is_ok());
    world.clock.advance(MINUTE);
    let mut callers = tokio::task::JoinSet::new();
    for number in 0..50 {
        let world = world.clone();
        callers.spawn(async move { reason(&world, &unknown(number)).await });
    }
    assert!(callers.join_all().await.into_iter().all(|reason| reason == KEY));
    assert_eq!(world.keys.fetches(), 2);
}

#[tokio::test]
async fn a_new_key_is_found_after_the_pause_and_each_issuer_has_its_own() {
    let world = world();
    let new = sign("EdDSA", &header("EdDSA"), person().to_string());
    assert_eq!(reason(&world, &new).await, KEY);
    world.keys.publish(&[jwk("ES256"), jwk("EdDSA")]);
    assert_eq!(reason(&world, &new).await, KEY);
    world.clock.advance(MINUTE);
    assert_eq!(reason(&world, &new).await, None);
    assert_eq!(world.keys.fetches(), 2);
    assert_eq!(reason(&world, &token(&with(person(), &json!({"iss": OTHER_ISSUER})))).await, None);
    assert_eq!(world.keys.fetches(), 3);
}

#[tokio::test]
async fn a_withdrawn_key_is_forgotten_within_ten_minutes() {
    let world = world();
    assert_eq!(reason(&world, &token(&person())).await, None);
    world.keys.publish(&[jwk("EdDSA")]);
    world.clock.advance(10 * MINUTE - 1);
    assert_eq!(reason(&world, &token(&with(person(), &json!({"exp": 9_999_999_999_i64})))).await, None);
    world.clock.advance(1);
    assert_eq!(reason(&world, &token(&with(person(), &json!({"exp": 9_999_999_999_i64})))).await, KEY);
}

#[tokio::test]
async fn without_keys_the_answer_is_not_now_and_never_unauthorized() {
    let world = world();
    world.keys.down.store(true, Ordering::Relaxed);
    let rejection = world.call(&token(&person())).await.unwrap_err();
    assert_eq!((rejection.status().as_u16(), rejection.www_authenticate()), (503, None));
    assert_eq!(rejection.retry_after(), Some(Duration::from_secs(6)));
    world.clock.advance(4 * SECOND);
    assert_eq!(reason(&world, &token(&person())).await, unavailable(2));
    assert_eq!(world.keys.fetches(), 1, "a failed fetch is not repeated at once");
    world.keys.down.store(false, Ordering::Relaxed);
    world.clock.advance(SECOND);
    assert_eq!(reason(&world, &token(&person())).await, None);
}

#[tokio::test]
async fn cached_keys_bridge_an_outage_of_an_hour() {
    let world = world();
    let lasting = token(&with(person(), &json!({"exp": 9_999_999_999_i64})));
    assert_eq!(reason(&world, &lasting).await, None);
    world.keys.down.store(true, Ordering::Relaxed);
    world.clock.advance(59 * MINUTE);
    assert_eq!(reason(&world, &lasting).await, None);
    assert_eq!(world.keys.fetches(), 2);
    let unknown = sign("ES256", &with(header("ES256"), &json!({"kid": "new"})), person().to_string());
    let lasting_unknown = with(person(), &json!({"exp": 9_999_999_999_i64})).to_string();
    let lasting_unknown = sign("ES256", &with(header("ES256"), &json!({"kid": "new"})), lasting_unknown);
    for token in [&unknown, &lasting_unknown] {
        assert_eq!(reason(&world, token).await, unavailable(61), "nobody knows whether the key exists");
    }
    world.clock.advance(MINUTE);
    assert_eq!(reason(&world, &lasting).await, unavailable(6));
}

#[tokio::test]
async fn a_caller_who_hangs_up_neither_stops_a_fetch_nor_causes_another() {
    let world = Arc::new(world());
    let gate = Arc::new(tokio::sync::Notify::new());
    *world.keys.gate.lock().unwrap() = Some(gate.clone());
    for _ in 0..3 {
        let own = world.clone();
        let caller = tokio::spawn(async move { own.call(&token(&person())).await.is_ok() });
        while world.keys.fetches() == 0 {
            tokio::task::yield_now().await;
        }
        caller.abort();
        assert!(caller.await.is_err());
    }
    gate.notify_one();
    assert_eq!(reason(&world, &token(&person())).await, None);
    assert_eq!(world.keys.fetches(), 1);
}

#[tokio::test]
async fn a_key_must_have_the_id_and_fit_use_and_algorithm() {
    let key = |changes: Value| with(jwk("ES256"), &changes);
    let without_kid = with(header("ES256"), &json!({"kid": null}));
    let named = header("ES256");
    let rows = [
        (vec![key(json!({}))], &named, None),
        (vec![key(json!({"use": null, "alg": null}))], &named, None),
        (vec![key(json!({"kty": "XYZ"})), key(json!({}))], &named, None),
        (vec![key(json!({"use": "enc"})), key(json!({}))], &named, None),
        (vec![key(json!({"use": "enc"}))], &named, KEY),
        (vec![key(json!({"alg": "ES384"}))], &named, KEY),
        (vec![key(json!({"alg": "RSA-OAEP"}))], &named, KEY),
        (vec![key(json!({"kid": null}))], &named, KEY),
        (vec![], &named, KEY),
        (vec![key(json!({}))], &without_kid, None),
        (vec![key(json!({"kid": null}))], &without_kid, None),
        (vec![key(json!({})), jwk("EdDSA")], &without_kid, KEY),
    ];
    for (keys, header, expected) in rows {
        let world = world();
        world.keys.publish(&keys);
        let token = sign("ES256", header, person().to_string());
        assert_eq!(reason(&world, &token).await, expected, "{keys:?} {header}");
    }
}

#[tokio::test]
async fn a_key_set_is_bounded_and_well_formed() {
    let padded = |length: usize| {
        let whole = json!({"keys": [jwk("ES256")], "pad": ""}).to_string();
        whole.replace(r#""pad":"""#, &format!(r#""pad":"{}""#, "x".repeat(length - whole.len()))).into_bytes()
    };
    let rows = [
        (padded(LARGEST_KEY_SET), None),
        (padded(LARGEST_KEY_SET + 1), unavailable(6)),
        (padded(1024 * 1024), unavailable(6)),
        (b"<html>".to_vec(), unavailable(6)),
        (b"{}".to_vec(), unavailable(6)),
        (b"[]".to_vec(), unavailable(6)),
    ];
    for (published, expected) in rows {
        let (world, length) = (world(), published.len());
        *world.keys.published.lock().unwrap() = published;
        assert_eq!(reason(&world, &token(&person())).await, expected, "{length}");
    }
}
