//! The adversary in the backchannel flow.

use axum::http::header;
use sandbox_identity::{Alteration, Answer as Verdict, PushState, Signing, Tamper};
use serde_json::{Value, json};

use super::{ask, asked, asked_for, call, honest, last, poll, poll_in_time, say, with, world};
use crate::world::{ADA, BOB, claims_of};

/// Returns `true` if a token response or its ID token's claims are altered.
type Altered = fn(&Value, &Value) -> bool;

#[tokio::test]
async fn the_answer_to_an_approval_is_altered_as_ordered() {
    let rows: Vec<(Alteration, Altered)> = vec![
        (Alteration::IdTokenClaim("sub", json!(BOB)), |_, id| id["sub"] == BOB),
        (Alteration::IdTokenClaim("aud", json!("another")), |_, id| id["aud"] == "another"),
        (Alteration::IdTokenExpired, |_, id| id["exp"].as_i64() < id["auth_time"].as_i64()),
        (Alteration::IdTokenSigned(Signing::Nothing), |answer, _| answer["id_token"].as_str().unwrap().ends_with('.')),
        (Alteration::NoIdToken, |answer, _| answer["id_token"].is_null()),
        (Alteration::Member("authorization_details", json!([])), |a, _| a["authorization_details"] == json!([])),
        (Alteration::Member("authorization_details", Value::Null), |a, _| a["authorization_details"].is_null()),
        (Alteration::Member("scope", json!("openid")), |answer, _| answer["scope"] == "openid"),
    ];
    for (order, altered) in rows {
        let world = world();
        for strike in [true, false] {
            let id = asked_for(&world, &with(honest(ADA), "authorization_details", &call().to_string())).await;
            say(&world, Verdict::Approve);
            world.provider.tamper(if strike { Tamper::Once(order.clone()) } else { Tamper::Off });
            let answer = poll_in_time(&world, &id).await.json();
            let token = answer["id_token"].as_str().map_or(Value::Null, claims_of);
            assert_eq!(altered(&answer, &token), strike, "{order:?}");
        }
        assert_eq!(world.sins(), "", "{order:?}");
    }
}

#[tokio::test]
async fn garbage_loses_the_tokens() {
    let world = world();
    let id = asked(&world).await;
    say(&world, Verdict::Approve);
    world.provider.tamper(Tamper::Once(Alteration::Garbage));
    let garbage = poll_in_time(&world, &id).await;
    assert_eq!((garbage.status.as_u16(), serde_json::from_str::<Value>(&garbage.body).is_err()), (200, true));
    assert_eq!(last(&world).state, PushState::Redeemed);
    assert_eq!(poll_in_time(&world, &id).await.refusal(), (400, "invalid_grant".to_owned()));
}

/// A refusal that takes effect before the poll is processed leaves the approval redeemable.
#[tokio::test]
async fn a_valid_poll_is_refused_as_ordered() {
    for (order, status, error, wait) in [
        (Alteration::Status500, 500, "server_error", 5),
        (Alteration::Status429, 429, "too_many_requests", 10),
        (Alteration::SlowDown, 400, "slow_down", 10),
        (Alteration::Refused("expired_token"), 400, "expired_token", 5),
        (Alteration::Refused("surprise"), 400, "surprise", 5),
    ] {
        let world = world();
        let id = asked(&world).await;
        say(&world, Verdict::Approve);
        world.provider.tamper(Tamper::Once(order.clone()));
        let refused = poll_in_time(&world, &id).await;
        assert_eq!(refused.refusal(), (status, error.to_owned()), "{order:?}");
        let told = if wait == 10 { "10" } else { "" };
        assert_eq!(refused.header(header::RETRY_AFTER), told, "{order:?}");
        assert_eq!(last(&world).state, PushState::Approved, "{order:?}");
        world.clock.advance(wait - 3);
        assert_eq!(poll(&world, &id).await.refusal().1, "slow_down", "{order:?}: the client must wait");
        world.clock.advance(20);
        assert_eq!(poll(&world, &id).await.status.as_u16(), 200, "{order:?}");
        assert_eq!(world.sins(), "", "{order:?}");
    }
}

#[tokio::test]
async fn the_start_is_altered_separately_from_the_polls() {
    let world = world();
    for (order, status, error) in [
        (Alteration::Status500, 500, "server_error"),
        (Alteration::Status429, 429, "too_many_requests"),
        (Alteration::Refused("transaction_failed"), 400, "transaction_failed"),
    ] {
        world.provider.tamper_backchannel(Tamper::Once(order.clone()));
        let refused = ask(&world, &honest(ADA)).await;
        assert_eq!(refused.refusal(), (status, error.to_owned()), "{order:?}");
        assert_eq!(refused.header(header::RETRY_AFTER), if status == 429 { "10" } else { "" }, "{order:?}");
        assert_eq!(world.provider.pushes(), [], "{order:?}: nobody was asked");
    }
    world.provider.tamper_backchannel(Tamper::Once(Alteration::Member("interval", Value::Null)));
    let id = asked(&world).await;
    world.provider.tamper_backchannel(Tamper::Once(Alteration::Garbage));
    let garbage = ask(&world, &honest(ADA)).await;
    assert!(serde_json::from_str::<Value>(&garbage.body).is_err());
    assert_eq!(world.provider.pushes().len(), 2, "the person was asked, and the client cannot know");
    world.provider.tamper_backchannel(Tamper::Always(Alteration::Status500));
    assert_eq!(poll_in_time(&world, &id).await.refusal().1, "authorization_pending", "polls are not altered");
    world.provider.tamper_backchannel(Tamper::Off);
    let members = ask(&world, &honest(ADA)).await.json();
    assert_eq!(members["interval"], 5);
    assert_eq!(world.sins(), "");
}
