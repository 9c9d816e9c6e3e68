//! A stop request that crosses an approval or an action: the event that comes first in the log decides.

use super::*;
use crate::Refusal;
use crate::approval::Answer;
use crate::guard::NotApproved;
use crate::ports::Verdict;

const STOP: Event = Event::StopAsked { said: 1 };

fn once() -> Vec<Script> {
    vec![calls(&[("deed", json!({"id": "1"}))]), text("Well.")]
}

/// The number of the first event of this kind in a turn that nobody stops.
async fn number(risk: Risk, is: fn(&Event) -> bool) -> u64 {
    let house = house_of(once(), FakeAction::Brings(json!("ok")), risk, Person::SaysYesAtLook(3));
    let events = turn(&house).await;
    assert_eq!(house.tool.done().len(), 1, "it is done when nobody stops it");
    events.iter().position(is).unwrap() as u64 + 1
}

fn open_entries(house: &House) -> usize {
    let open = |line: &&crate::fakes::Line| line.verdict == Verdict::Allowed && line.outcome.is_none();
    house.ledger.lines().iter().filter(open).count()
}

/// Somebody stops the turn on another instance, which takes the number of the awaited event.
#[tokio::test(start_paused = true)]
async fn a_stop_recorded_before_an_approval_or_an_action_wins() {
    let answered: fn(&Event) -> bool = |event| matches!(event, Event::ApprovalAnswered { .. });
    let started: fn(&Event) -> bool = |event| matches!(event, Event::CallStarted { .. });
    for (risk, place) in [(Risk::Elevated, answered), (Risk::Elevated, started), (Risk::Read, started)] {
        let number = number(risk, place).await;
        let house = house_of(once(), FakeAction::Brings(json!("ok")), risk, Person::SaysYesAtLook(3));
        let journal = MemoryJournal::with(vec![said("do it")]).intruded_at(number, STOP);
        run(&house, &journal).await.unwrap();
        let events = journal.events();
        assert_eq!(events[number as usize - 1], STOP, "{risk:?} {number}");
        assert_eq!((house.tool.done().len(), ended(&events)), (0, &TurnEnd::Stopped), "{risk:?} {number}: {events:?}");
        assert_eq!(open_entries(&house), 0, "every entry is closed: {:?}", house.ledger.lines());
    }
}

/// The instance that recorded the action crashes: its successor closes the entry and does nothing.
#[tokio::test(start_paused = true)]
async fn an_action_recorded_after_a_stop_is_not_done_by_the_next_instance() {
    let number = number(Risk::Elevated, |event| matches!(event, Event::CallStarted { .. })).await;
    let first = house_of(once(), FakeAction::Brings(json!("ok")), Risk::Elevated, Person::SaysYesAtLook(3));
    let journal = MemoryJournal::with(vec![said("do it")]).intruded_at(number, STOP).failing_at(Some(number + 2));
    run(&first, &journal).await.unwrap_err();
    let mut second = house_of(once(), FakeAction::Brings(json!("ok")), Risk::Elevated, Person::SaysYes);
    second.runner.guard.ledger = first.ledger.clone();
    let journal = MemoryJournal::with(journal.events());
    run(&second, &journal).await.unwrap();
    assert_eq!(ended(&journal.events()), &TurnEnd::Stopped);
    assert_eq!((first.tool.done().len(), second.tool.done().len(), open_entries(&first)), (0, 0, 0));
}

/// A stop between the approval and every later event: the approval is not spent.
#[tokio::test(start_paused = true)]
async fn an_approval_recorded_before_a_stop_is_no_longer_used() {
    let call = CallId("call-1-1".into());
    let house = house_of(once(), FakeAction::Brings(json!("ok")), Risk::Elevated, Person::SaysYesAtLook(3));
    let mut log = turn(&house).await;
    log.truncate(log.iter().position(|event| matches!(event, Event::CallStarted { .. })).unwrap());
    assert!(matches!(log.last(), Some(Event::ApprovalAnswered { answer: Answer::Approved { .. }, .. })), "{log:?}");
    let journal = MemoryJournal::with(log);
    journal.intrude_elsewhere(STOP);
    let (_order, interrupts) = Interrupts::new();
    let call_log = call_log::JournaledCall { journal: &journal, interrupts: &interrupts, call: &call };
    let standing = crate::guard::CallLog::approval_state(&call_log).await.unwrap();
    assert!(matches!(standing, crate::guard::ApprovalState::Answered(Some(_), Answer::Cancelled)), "{standing:?}");
}

/// An approval that is written after a stop, by whichever instance.
#[tokio::test(start_paused = true)]
async fn an_approval_recorded_after_a_stop_counts_as_a_cancellation() {
    let call = CallId("call-1-1".into());
    let house = house_of(once(), FakeAction::Brings(json!("ok")), Risk::Elevated, Person::Sleeps);
    let journal = MemoryJournal::with(vec![said("do it")]);
    let _ = tokio::time::timeout(Duration::from_secs(7), run(&house, &journal)).await;
    let mut log = journal.events();
    let given = crate::fakes::signed_approval(&actor("ada"), "", 1);
    log.extend([STOP, Event::ApprovalAnswered { call, answer: Answer::Approved { given: vec![given] } }]);
    let again = house_of(vec![text("Well.")], FakeAction::Brings(json!("ok")), Risk::Elevated, Person::SaysYes);
    let journal = MemoryJournal::with(log);
    let pending = journal.history().open.clone().unwrap().pending.remove(0);
    let open::Stage::Proposed(crate::guard::ApprovalState::Answered(_, answer)) = pending.stage else {
        panic!("{pending:?}")
    };
    assert_eq!(answer, Answer::Cancelled);
    run(&again, &journal).await.unwrap();
    assert_eq!((again.tool.done().len(), ended(&journal.events())), (0, &TurnEnd::Stopped));
}

/// A stop on another instance, which wakes nobody here, while the approver may be polled every second.
#[tokio::test(start_paused = true)]
async fn a_stop_on_another_instance_is_seen_while_the_phone_rings() {
    let mut house = house_of(once(), FakeAction::Brings(json!("ok")), Risk::Elevated, Person::Sleeps);
    house.runner.guard.approver = Arc::new(MemoryApprover::of(Person::SaysYesAtLook(200)).each(1_000));
    let journal = MemoryJournal::with(vec![said("do it")]).at(house.runner.clock.clone());
    let taker = async {
        tokio::time::sleep(Duration::from_secs(22)).await;
        journal.intrude_elsewhere(STOP);
    };
    let (ran, ()) = tokio::join!(run(&house, &journal), taker);
    ran.unwrap();
    assert_eq!(ended(&journal.events()), &TurnEnd::Stopped);
    let cancelled = Event::CallRefused {
        call: CallId("call-1-1".into()),
        refusal: Refusal::NotApproved { why: NotApproved::Cancelled },
    };
    assert!(journal.events().contains(&cancelled));
    let waited = house.runner.clock.now();
    assert!(waited < 30_000, "seen within some seconds: {waited}");
}
