//! Polling: interval, final result and tokens.

use axum::body::Body;
use axum::http::{Request, header};
use sandbox_identity::{Answer as Verdict, AnswerError, Ciba, Endpoint, Grant, PollStatuses, PushState};
use serde_json::json;
use tower::ServiceExt;

use super::{CIBA, asked, asked_for, call, ciba, honest, last, poll, poll_as, poll_in_time, say, with, world};
use crate::world::{ADA, API, ISSUER, World};

const OVER: &str = "The end-user denied the authorization request or it has been expired";

#[tokio::test]
async fn an_approval_yields_tokens_for_the_approver_once() {
    let world = world();
    let id = asked_for(&world, &with(honest(ADA), "authorization_details", &call().to_string())).await;
    let waiting = poll_in_time(&world, &id).await;
    assert_eq!(waiting.refusal(), (400, "authorization_pending".to_owned()));
    assert_eq!(waiting.json()["error_description"], "The end-user authorization is pending");
    say(&world, Verdict::Approve);
    let approved_at = world.clock.seconds();
    assert_eq!(last(&world).state, PushState::Approved);
    let answer = poll_in_time(&world, &id).await;
    assert_eq!((answer.status.as_u16(), answer.header(header::CACHE_CONTROL)), (200, "no-store"));
    let answer = answer.json();
    for (member, value) in [
        ("token_type", json!("Bearer")),
        ("expires_in", json!(86_400)),
        ("scope", json!("openid read:docs")),
        ("authorization_details", call()),
        ("refresh_token", json!(null)),
    ] {
        assert_eq!(answer[member], value, "{member}");
    }
    let now = world.clock.seconds();
    let token = world.verified(answer["id_token"].as_str().unwrap()).await;
    for (claim, value) in [
        ("iss", json!(ISSUER)),
        ("sub", json!(ADA)),
        ("aud", json!("web")),
        ("nonce", json!(null)),
        ("sid", json!(null)),
        ("name", json!(null)),
    ] {
        assert_eq!(token[claim], value, "{claim}");
    }
    assert!((0..5).contains(&(now - token["iat"].as_i64().unwrap())));
    assert!((0..5).contains(&(token["auth_time"].as_i64().unwrap() - approved_at)));
    let access = world.verified(answer["access_token"].as_str().unwrap()).await;
    assert_eq!((&access["sub"], &access["gty"]), (&json!(ADA), &json!(CIBA)));
    assert_eq!(access["authorization_details"], call());
    assert!(world.provider.verify_access_token(answer["access_token"].as_str().unwrap(), API).is_ok());

    assert_eq!((last(&world).state, last(&world).polls), (PushState::Redeemed, 2));
    assert_eq!(world.provider.requests_to(Endpoint::Token(Grant::Ciba)), 2);
    assert_eq!(poll_in_time(&world, &id).await.refusal(), (400, "invalid_grant".to_owned()));
    assert_eq!(world.sins(), "", "the answer may have been lost once");
    assert_eq!(poll_in_time(&world, &id).await.refusal(), (400, "invalid_grant".to_owned()));
    assert!(world.sins().contains("polling continued after the final answer"));
}

#[tokio::test]
async fn the_tokens_of_an_approval_work_as_those_of_any_other_grant() {
    let world = world();
    let form = with(with(honest(ADA), "audience", ""), "scope", "openid profile offline_access fly");
    let id = asked_for(&world, &form).await;
    say(&world, Verdict::Approve);
    let answer = poll_in_time(&world, &id).await.json();
    assert_eq!(answer["scope"], "openid profile offline_access");
    assert_eq!(answer["authorization_details"], json!(null));
    assert!(!answer["access_token"].as_str().unwrap().contains('.'), "opaque");
    let refresh = [
        ("grant_type", "refresh_token"),
        ("client_id", "web"),
        ("client_secret", "web secret+"),
        ("refresh_token", answer["refresh_token"].as_str().unwrap()),
    ];
    assert_eq!(world.call("/oauth/token", &refresh).await.status.as_u16(), 200);
    assert_eq!(world.sins(), "");
}

/// Denial and expiry are indistinguishable to the client.
#[tokio::test]
async fn a_denial_and_an_expiry_return_the_same_error() {
    type Act = fn(&World);
    let rows: [(&str, Act, PushState); 3] = [
        ("denied", |world| say(world, Verdict::Deny), PushState::Denied),
        ("expired", |world| world.clock.advance(300), PushState::Expired),
        (
            "approved and not fetched in time",
            |world| {
                say(world, Verdict::Approve);
                world.clock.advance(300);
            },
            PushState::Expired,
        ),
    ];
    for (name, act, state) in rows {
        let world = world();
        let id = asked(&world).await;
        assert_eq!(poll_in_time(&world, &id).await.refusal(), (400, "authorization_pending".to_owned()), "{name}");
        act(&world);
        assert_eq!(last(&world).state, state, "{name}");
        let answer = poll_in_time(&world, &id).await;
        assert_eq!(answer.refusal(), (400, "access_denied".to_owned()), "{name}");
        assert_eq!(answer.json(), json!({"error": "access_denied", "error_description": OVER}), "{name}");
        assert_eq!(world.sins(), "", "{name}");
        let late = world.provider.answer(&last(&world).id, Verdict::Approve);
        assert_eq!(late, Err(AnswerError::Over(state)), "{name}");
        assert_eq!(poll_in_time(&world, &id).await.refusal(), (400, "access_denied".to_owned()), "{name}");
        assert_eq!(poll_in_time(&world, &id).await.refusal(), (400, "access_denied".to_owned()), "{name}");
        assert!(world.sins().contains("after the final answer"), "{name}");
    }
}

#[tokio::test]
async fn the_requested_expiry_is_exact_to_the_second() {
    let world = world();
    let id = asked_for(&world, &with(honest(ADA), "requested_expiry", "10")).await;
    assert_eq!(last(&world).expires_at - last(&world).created_at, 10);
    assert_eq!(poll_in_time(&world, &id).await.refusal().1, "authorization_pending");
    assert_eq!(poll_in_time(&world, &id).await.refusal().1, "access_denied");
}

#[tokio::test]
async fn each_poll_that_comes_too_early_makes_the_interval_longer() {
    let world = world();
    let id = asked(&world).await;
    // Columns: seconds since the last poll; the new interval, or 0 if the poll kept the interval; violation expected.
    for (wait, told, sin) in [(0, 10, false), (7, 15, true), (15, 0, false), (12, 20, true), (20, 0, false)] {
        world.clock.advance(wait);
        let answer = poll(&world, &id).await;
        if told == 0 {
            assert_eq!(answer.refusal(), (400, "authorization_pending".to_owned()), "{wait}");
            assert_eq!(answer.header(header::RETRY_AFTER), "", "{wait}");
        } else {
            assert_eq!(answer.refusal(), (400, "slow_down".to_owned()), "{wait}");
            assert_eq!(answer.header(header::RETRY_AFTER), told.to_string());
            let text = format!("You are polling faster than allowed. Try again in {told} seconds.");
            assert_eq!((&answer.json()["interval"], &answer.json()["error_description"]), (&json!(told), &json!(text)));
        }
        assert_eq!(!world.sins().is_empty(), sin, "{wait}");
    }
    say(&world, Verdict::Approve);
    assert_eq!(poll(&world, &id).await.refusal().1, "slow_down", "an approval does not shorten the interval");
}

#[tokio::test]
async fn an_auth_req_id_works_for_one_client_only() {
    let world = world();
    let id = asked(&world).await;
    say(&world, Verdict::Approve);
    world.clock.advance(5);
    for (who, id, error) in [
        (("strict", "s"), id.as_str(), "invalid_grant"),
        (("web", "web secret+"), "unknown", "invalid_grant"),
        (("web", "web secret+"), "", "invalid_request"),
    ] {
        assert_eq!(poll_as(&world, who, id).await.refusal(), (400, error.to_owned()), "{who:?} {id}");
    }
    assert_eq!(poll_as(&world, ("fixed", "f"), &id).await.refusal(), (403, "unauthorized_client".to_owned()));
    assert_eq!(poll_as(&world, ("web", "wrong"), &id).await.refusal(), (401, "access_denied".to_owned()));
    assert_eq!(poll(&world, &id).await.status.as_u16(), 200, "other clients used nothing up");
    assert_eq!(last(&world).polls, 1);
}

#[tokio::test]
async fn two_polls_at_once_are_a_sin() {
    let world = world();
    let id = asked(&world).await;
    let body = format!("grant_type={CIBA}&client_id=web&client_secret=web+secret%2B&auth_req_id={id}");
    let request = || {
        let request = Request::post("/oauth/token").header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        request.body(Body::from(body.clone())).unwrap()
    };
    world.clock.advance(5);
    let first = world.provider.router().oneshot(request()).await.unwrap();
    world.clock.advance(5);
    let second = world.provider.router().oneshot(request()).await.unwrap();
    assert!(world.sins().contains("before the last one was answered"));
    drop((first, second));
    assert_eq!(poll_in_time(&world, &id).await.refusal().1, "authorization_pending");
    assert_eq!(world.sins(), "", "the others are over");
}

#[tokio::test]
async fn statuses_and_interval_are_settings() {
    let mut settings = ciba();
    settings.ciba = Ciba { interval_s: 1, poll_statuses: PollStatuses::DeviceFlow };
    let world = World::of(settings);
    let id = asked(&world).await;
    assert_eq!(poll(&world, &id).await.refusal(), (429, "slow_down".to_owned()));
    world.clock.advance(6);
    assert_eq!(poll(&world, &id).await.refusal(), (403, "authorization_pending".to_owned()));
    say(&world, Verdict::Deny);
    world.clock.advance(6);
    assert_eq!(poll(&world, &id).await.refusal(), (403, "access_denied".to_owned()));
    assert_eq!(poll(&world, "unknown").await.refusal(), (403, "invalid_grant".to_owned()));
    assert_eq!(world.sins(), "");
}
