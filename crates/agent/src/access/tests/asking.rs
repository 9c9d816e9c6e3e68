use super::super::{AnswerError, AskError, LONGEST_REASON, PersonRequests};
use super::*;

#[tokio::test]
async fn a_request_reaches_those_who_administer_its_object_and_nobody_else() {
    let world = world();
    let request = world.asked().await;
    for (person, seen) in [(&world.ada, 1), (&world.ann, 1), (&world.bob, 0), (&world.eve, 0)] {
        let to_answer = world.access.to_answer(person).await.unwrap();
        assert_eq!(to_answer.len(), seen, "{person:?}");
        assert!(to_answer.iter().all(|own| own.id == request.id && own.reason == "The audit is due today."));
    }
    world.memory.take("ada admin tool:x");
    assert!(world.access.to_answer(&world.ada).await.unwrap().is_empty(), "Ada no longer administers it");
    world.memory.toggle("permissions");
    assert!(world.access.to_answer(&world.ann).await.unwrap().is_empty(), "an unknown answer shows nothing");
    assert_eq!(world.told(), ["access_ask: Some(Done)"]);
}

#[tokio::test]
async fn another_tenant_sees_nothing() {
    let world = world();
    world.asked().await;
    let stranger = Actor::attest(crate::actor::Evidence { tenant: "other".to_owned(), ..world.ada.evidence().clone() });
    assert!(world.access.to_answer(&stranger).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_person_who_has_the_permission_is_told_so() {
    let world = world();
    world.memory.give("eve can_call tool:x");
    let refused = world.access.ask(&world.eve, ask_for("can_call tool:x")).await;
    assert!(matches!(refused, Err(AskError::AlreadyHeld)), "{refused:?}");
}

#[tokio::test]
async fn an_object_that_does_not_exist_is_one_that_nobody_can_grant() {
    let world = world();
    let mut without = world.access.ports().clone();
    without.grants = None;
    for (access, text) in [
        (&world.access, "can_call tool:not_there"),
        (&world.access, "admin tool:x"),
        (&Access::new(without), "can_call tool:x"),
    ] {
        let refused = access.ask(&world.eve, ask_for(text)).await.unwrap_err();
        assert_eq!(refused.to_string(), "nobody can grant this", "{text}");
    }
    assert!(world.told().is_empty());
}

#[tokio::test]
async fn a_person_has_one_open_request_for_a_permission_and_few_in_all() {
    let world = world();
    let first = world.asked().await;
    match world.access.ask(&world.eve, ask_for("can_call tool:x")).await {
        Err(AskError::AlreadyAsked(id)) => assert_eq!(id, first.id),
        other => panic!("{other:?}"),
    }
    for number in 1..=PersonRequests::MOST_OPEN {
        world.memory.give(&format!("ada admin tool:y{number}"));
        let asked = world.access.ask(&world.eve, ask_for(&format!("can_call tool:y{number}"))).await;
        assert_eq!(asked.is_ok(), number < PersonRequests::MOST_OPEN, "{number}: {asked:?}");
    }
    world.access.withdraw(&world.eve, &first.id).await.unwrap();
    assert!(world.access.ask(&world.eve, ask_for("can_call tool:x")).await.is_ok(), "there is room again");
}

#[tokio::test]
async fn answered_requests_are_forgotten_oldest_first() {
    let world = world();
    for _ in 0..40 {
        let request = world.asked().await;
        world.access.withdraw(&world.eve, &request.id).await.unwrap();
    }
    let own = world.access.own(&world.eve).await.unwrap();
    assert_eq!(own.len(), 21, "twenty past ones and the last");
}

#[tokio::test]
async fn two_tabs_that_ask_at_the_same_moment_make_one_request() {
    let world = world();
    let other = world.access.clone();
    let eve = world.eve.clone();
    world.memory.meanwhile(async move {
        other.ask(&eve, ask_for("can_call tool:x")).await.unwrap();
    });
    let second = world.access.ask(&world.eve, ask_for("can_call tool:x")).await;
    assert!(matches!(second, Err(AskError::AlreadyAsked(_))), "{second:?}");
    assert_eq!(world.access.own(&world.eve).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_reason_is_bounded_in_characters() {
    let world = world();
    let long = |many: usize| Ask { reason: "ü".repeat(many), ..ask_for("can_call tool:x") };
    assert!(matches!(world.access.ask(&world.eve, long(LONGEST_REASON + 1)).await, Err(AskError::ReasonTooLong)));
    assert!(world.access.ask(&world.eve, long(LONGEST_REASON)).await.is_ok());
}

#[tokio::test]
async fn nothing_is_stored_while_a_service_does_not_answer() {
    for part in ["permissions", "requests"] {
        let world = world();
        world.memory.toggle(part);
        let refused = world.access.ask(&world.eve, ask_for("can_call tool:x")).await;
        assert!(matches!(refused, Err(AskError::Unavailable(_))), "{part}: {refused:?}");
        world.memory.toggle(part);
        assert!(world.access.own(&world.eve).await.unwrap().is_empty(), "{part}");
    }
    let world = world();
    world.ledger.fail();
    assert!(matches!(world.access.ask(&world.eve, ask_for("can_call tool:x")).await, Err(AskError::Unavailable(_))));
    assert!(world.access.own(&world.eve).await.unwrap().is_empty(), "what cannot be recorded is not done");
}

#[tokio::test]
async fn only_the_person_who_asked_withdraws_and_only_while_it_is_open() {
    let world = world();
    let request = world.asked().await;
    let other = world.access.withdraw(&world.bob, &request.id).await;
    assert!(matches!(other, Err(AnswerError::NotFound)), "{other:?}");
    world.access.decline(&world.ada, &request.id, "Ask your manager.").await.unwrap();
    let late = world.access.withdraw(&world.eve, &request.id).await;
    assert!(matches!(late, Err(AnswerError::Answered(_))), "{late:?}");
}
