use super::super::{AccessState, AnswerError};
use super::*;
use crate::actor::Evidence;

const HOUR: GrantDuration = GrantDuration::Hour;

#[tokio::test]
async fn a_grant_holds_for_its_time_and_then_no_longer() {
    let world = world();
    let request = world.asked().await;
    assert!(!world.has(&world.eve, "can_call tool:x").await);
    let granted = world.access.grant(&world.ada, &request.id, HOUR).await.unwrap();
    assert!(matches!(granted.state, AccessState::Granted { ref by, duration: HOUR, .. } if by.name == "ada"));
    assert!(world.has(&world.eve, "can_call tool:x").await);
    world.memory.clock.advance(HOUR.millis() - 1);
    assert!(world.has(&world.eve, "can_call tool:x").await);
    world.memory.clock.advance(1);
    assert!(!world.has(&world.eve, "can_call tool:x").await, "it has ended by itself");
    assert!(world.access.ask(&world.eve, ask_for("can_call tool:x")).await.is_ok(), "and can be asked for again");
    assert_eq!(world.told(), ["access_ask: Some(Done)", "access_grant: Some(Done)", "access_ask: Some(Done)"]);
}

#[tokio::test]
async fn only_an_administrator_of_the_object_answers_and_never_their_own_request() {
    let world = world();
    let request = world.asked().await;
    let bob = world.access.grant(&world.bob, &request.id, HOUR).await;
    assert!(matches!(bob, Err(AnswerError::NotFound)), "{bob:?}");
    assert!(matches!(world.access.decline(&world.bob, &request.id, "No.").await, Err(AnswerError::NotFound)));
    // Eve administers the object as well, and signs in by two identities that FGA knows as one.
    world.memory.give("eve admin tool:x");
    let twin = Actor::attest(Evidence { principal: "eve".to_owned(), ..Evidence::of("https://other/", "e2", "acme") });
    for own in [&world.eve, &twin] {
        let refused = world.access.grant(own, &request.id, HOUR).await;
        assert!(matches!(refused, Err(AnswerError::OwnRequest)), "{refused:?}");
    }
    assert!(world.access.to_answer(&world.eve).await.unwrap().is_empty());
    assert_eq!(world.memory.granted(), 0);
    let denied = "denied: admin on tool:x is missing";
    let expected =
        ["access_ask: Some(Done)".to_owned(), format!("access_grant: {denied}"), format!("access_decline: {denied}")];
    assert_eq!(world.told(), expected);
}

#[tokio::test]
async fn only_open_requests_are_counted_and_checked_for_it() {
    let world = world();
    world.memory.give("ada admin tool:y");
    let granted = world.asked().await;
    world.access.grant(&world.ada, &granted.id, HOUR).await.unwrap();
    world.access.ask(&world.eve, ask_for("can_call tool:y")).await.unwrap();
    let before = world.memory.checked();
    assert_eq!(world.access.count_open(&world.ada).await.unwrap(), 1);
    assert_eq!(world.memory.checked(), before + 1, "the object of the grant is not checked");
    assert_eq!(world.access.to_answer(&world.ada).await.unwrap().len(), 2);
    assert_eq!(world.access.count_open(&world.bob).await.unwrap(), 0);
}

#[tokio::test]
async fn an_administrator_who_lost_the_relation_meanwhile_grants_nothing() {
    let world = world();
    let request = world.asked().await;
    assert_eq!(world.access.to_answer(&world.ada).await.unwrap().len(), 1);
    world.memory.take("ada admin tool:x");
    assert!(matches!(world.access.grant(&world.ada, &request.id, HOUR).await, Err(AnswerError::NotFound)));
    assert_eq!(world.memory.granted(), 0);
}

#[tokio::test]
async fn of_two_administrators_who_answer_at_the_same_moment_one_wins() {
    let world = world();
    let request = world.asked().await;
    let (other, ann, id) = (world.access.clone(), world.ann.clone(), request.id.clone());
    world.memory.meanwhile(async move {
        other.decline(&ann, &id, "Not today.").await.unwrap();
    });
    match world.access.grant(&world.ada, &request.id, HOUR).await {
        Err(AnswerError::Answered(now)) => {
            assert!(matches!(now.state, AccessState::Declined { ref by, .. } if by.name == "ann"));
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(world.memory.granted(), 0, "nothing was written for the one who lost");
    let faster = "access_grant: Some(NotDone(\"somebody else was faster\"))";
    assert_eq!(world.told(), ["access_ask: Some(Done)", faster, "access_decline: Some(Done)"]);
}

#[tokio::test]
async fn a_request_that_was_withdrawn_a_moment_before_is_not_granted() {
    let world = world();
    let request = world.asked().await;
    let (other, eve, id) = (world.access.clone(), world.eve.clone(), request.id.clone());
    world.memory.meanwhile(async move { other.withdraw(&eve, &id).await.unwrap() });
    let late = world.access.grant(&world.ada, &request.id, HOUR).await;
    assert!(matches!(late, Err(AnswerError::Answered(ref now)) if matches!(now.state, AccessState::Withdrawn { .. })));
    assert_eq!(world.memory.granted(), 0);
}

#[tokio::test]
async fn the_same_answer_given_twice_is_one_grant_and_a_different_one_is_refused() {
    let world = world();
    let request = world.asked().await;
    let long = world.access.grant(&world.ada, &request.id, GrantDuration::SevenDays).await;
    assert!(matches!(long, Err(AnswerError::TooLong)), "{long:?}");
    for _ in 0..2 {
        assert!(world.access.grant(&world.ada, &request.id, HOUR).await.is_ok());
    }
    assert_eq!(world.memory.granted(), 1);
    let other = world.access.grant(&world.ada, &request.id, GrantDuration::EightHours).await;
    assert!(matches!(other, Err(AnswerError::Answered(_))), "{other:?}");
    assert!(matches!(world.access.grant(&world.ann, &request.id, HOUR).await, Err(AnswerError::Answered(_))));
}

#[tokio::test]
async fn a_permission_that_the_person_has_by_now_is_not_granted() {
    let world = world();
    let request = world.asked().await;
    world.memory.give("eve can_call tool:x");
    let refused = world.access.grant(&world.ada, &request.id, HOUR).await;
    assert!(matches!(refused, Err(AnswerError::AlreadyHeld)), "{refused:?}");
    assert_eq!(world.memory.granted(), 0);
    let own = world.access.own(&world.eve).await.unwrap();
    assert!(matches!(own[0].state, AccessState::NotNeeded { .. }));
    assert_eq!(world.told()[1], "access_grant: not needed: the person already has the permission");
}

#[tokio::test]
async fn a_write_that_fails_keeps_the_request_and_goes_on_when_tried_again() {
    let world = world();
    let request = world.asked().await;
    world.memory.toggle("grants");
    let failed = world.access.grant(&world.ada, &request.id, HOUR).await;
    assert!(matches!(failed, Err(AnswerError::Unavailable(_))), "{failed:?}");
    world.memory.toggle("grants");
    let other = world.access.grant(&world.ann, &request.id, HOUR).await;
    assert!(matches!(other, Err(AnswerError::Answered(_))), "Ada's grant may still be written: {other:?}");
    world.memory.clock.advance(60_000);
    assert!(world.access.grant(&world.ann, &request.id, HOUR).await.is_ok(), "Ada is gone");
    assert_eq!(world.memory.granted(), 1);
    let told = world.told();
    assert_eq!((told[1].as_str(), told[2].as_str()), ("access_grant: Some(Unknown)", "access_grant: Some(Done)"));
}

#[tokio::test]
async fn what_cannot_be_recorded_is_not_granted() {
    let world = world();
    let request = world.asked().await;
    world.ledger.fail();
    assert!(matches!(world.access.grant(&world.ada, &request.id, HOUR).await, Err(AnswerError::Unavailable(_))));
    assert_eq!(world.memory.granted(), 0);
    assert!(world.access.own(&world.eve).await.unwrap()[0].state == AccessState::Open);
}

#[tokio::test]
async fn a_denial_has_a_reason_that_the_person_reads() {
    let world = world();
    let request = world.asked().await;
    for bad in ["", "  ", &"x".repeat(501)] {
        assert!(matches!(world.access.decline(&world.ada, &request.id, bad).await, Err(AnswerError::BadReason)));
    }
    world.access.decline(&world.ada, &request.id, " Ask your manager. ").await.unwrap();
    match &world.access.own(&world.eve).await.unwrap()[0].state {
        AccessState::Declined { reason, .. } => assert_eq!(reason, "Ask your manager."),
        other => panic!("{other:?}"),
    }
}

/// The store's client retries after a time-out, so a write may meet its own first attempt.
#[tokio::test]
async fn a_write_whose_answer_was_lost_counts_as_ones_own() {
    let world = world();
    world.memory.lose_answer();
    let request = world.asked().await;
    world.memory.lose_answer();
    let granted = world.access.grant(&world.ada, &request.id, HOUR).await;
    assert!(granted.is_ok(), "{granted:?}");
    assert_eq!((world.access.own(&world.eve).await.unwrap().len(), world.memory.granted()), (1, 1));
    assert_eq!(world.told(), ["access_ask: Some(Done)", "access_grant: Some(Done)"]);
}

#[tokio::test]
async fn a_request_whose_administrator_is_gone_can_be_declined_and_keeps_nothing() {
    let world = world();
    let request = world.asked().await;
    world.memory.toggle("grants");
    assert!(world.access.grant(&world.ada, &request.id, HOUR).await.is_err());
    world.memory.toggle("grants");
    let state = world.access.own(&world.eve).await.unwrap()[0].clone();
    // The write arrived after all.
    crate::ports::AccessGrants::write(world.memory.as_ref(), &state.grant().unwrap()).await.unwrap();
    assert!(matches!(world.access.decline(&world.ann, &request.id, "No.").await, Err(AnswerError::Answered(_))));
    world.memory.clock.advance(60_000);
    world.access.decline(&world.ann, &request.id, "No.").await.unwrap();
    assert_eq!(world.memory.granted(), 0);
}
