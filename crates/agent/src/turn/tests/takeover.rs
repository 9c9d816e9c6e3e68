//! Two instances that briefly run the same turn: a slow one, and the one that has taken over.

use super::*;
use crate::fakes::Line;
use crate::ports::{EntryId, Verdict};

fn once() -> Vec<Script> {
    vec![calls(&[("deed", json!({"id": "1"}))]), text("Well.")]
}

/// The entries of actions that were allowed.
fn allowed(house: &House) -> Vec<Line> {
    house.ledger.lines().into_iter().filter(|line| line.verdict == Verdict::Allowed).collect()
}

/// The log of an instance that has recorded an action in the ledger and not started it, and that instance.
async fn slow() -> (Vec<Event>, House) {
    let whole = house_of(once(), FakeAction::Brings(json!("ok")), Risk::Elevated, Person::SaysYes);
    let started = turn(&whole).await.iter().position(|event| matches!(event, Event::CallStarted { .. })).unwrap();
    let first = house_of(once(), FakeAction::Brings(json!("ok")), Risk::Elevated, Person::SaysYes);
    let journal = MemoryJournal::with(vec![said("do it")]).failing_at(Some(started as u64 + 1));
    run(&first, &journal).await.unwrap_err();
    assert_eq!(allowed(&first).len(), 1);
    (journal.events(), first)
}

fn taking_over(from: &House) -> House {
    let mut second = house_of(vec![text("Well.")], FakeAction::Brings(json!("ok")), Risk::Elevated, Person::SaysYes);
    second.runner.guard.ledger = from.ledger.clone();
    second
}

#[tokio::test(start_paused = true)]
async fn an_entry_of_an_instance_that_is_gone_is_closed_as_not_done() {
    let (log, first) = slow().await;
    let second = taking_over(&first);
    let journal = MemoryJournal::with(log);
    run(&second, &journal).await.unwrap();
    assert!(matches!(allowed(&first)[0].outcome, Some(Outcome::NotDone(_))), "{:?}", first.ledger.lines());
    assert_eq!(second.tool.done().len(), 0);
}

#[tokio::test(start_paused = true)]
async fn the_entry_of_an_instance_that_starts_late_is_left_to_it() {
    let (log, first) = slow().await;
    let second = taking_over(&first);
    let begun = Event::CallStarted { call: CallId("call-1-1".into()), entry: EntryId("0".into()) };
    let next = log.len() as u64 + 1;
    let journal = MemoryJournal::with(log).intruded_at(next, begun);
    run(&second, &journal).await.unwrap_err();
    assert_eq!(allowed(&first)[0].outcome, None, "the instance that took over does not record it as not done");
    assert_eq!(second.tool.done().len(), 0);
}

#[tokio::test(start_paused = true)]
async fn no_turn_begins_for_a_message_withdrawn_just_before() {
    let house = house(once(), FakeAction::Brings(json!("ok")));
    let journal = MemoryJournal::with(vec![said("do it")]).intruded_at(2, Event::Withdrawn { said: 1 });
    run(&house, &journal).await.unwrap();
    assert_eq!(journal.events(), [said("do it"), Event::Withdrawn { said: 1 }]);
}
