//! Approvals in the log: crashes, answers on the page, and time that does not count for the turn. Attack numbers are
//! those of `docs/threat-model.md`.

use super::*;
use crate::Refusal;
use crate::approval::Answer;
use crate::guard::NotApproved;

fn elevated(scripts: Vec<Script>, person: Person) -> House {
    house_of(scripts, FakeAction::Brings(json!("ok")), Risk::Elevated, person)
}

fn once() -> Vec<Script> {
    vec![calls(&[("deed", json!({"id": "1"}))]), text("Well.")]
}

fn refused(events: &[Event]) -> Option<&Refusal> {
    events.iter().find_map(|event| match event {
        Event::CallRefused { refusal, .. } => Some(refusal),
        _ => None,
    })
}

/// Attack 38: the instance crashes before each event in turn; its successor continues the question, and nothing is done
/// twice or without an approval.
#[tokio::test(start_paused = true)]
async fn a_turn_that_waits_for_an_approval_survives_a_crash() {
    for person in [Person::SaysYes, Person::SaysNo, Person::SaysYesAtLook(4)] {
        for cut in 2..=12 {
            let first = elevated(once(), person);
            let journal = MemoryJournal::with(vec![said("do it")]).failing_at(Some(cut)).at(first.runner.clock.clone());
            let whole = run(&first, &journal).await.is_ok();
            let proposed = journal.events().iter().any(|event| matches!(event, Event::CallProposed { .. }));
            let mut second = elevated(if proposed { vec![text("Well.")] } else { once() }, person);
            // The ledger and the prompt limits outlive the process.
            second.runner.guard.ledger = first.ledger.clone();
            second.runner.guard.prompts = first.runner.guard.prompts.clone();
            let journal = MemoryJournal::with(journal.events());
            run(&second, &journal).await.unwrap();
            let events = journal.events();
            let done = first.tool.done().len() + second.tool.done().len();
            let yes = events
                .iter()
                .any(|event| matches!(event, Event::ApprovalAnswered { answer: Answer::Approved { .. }, .. }));
            assert!(matches!(ended(&events), TurnEnd::Done), "{person:?} cut at {cut}: {events:?}");
            assert!(done <= usize::from(yes), "{person:?} cut at {cut}: {done} actions, approved: {yes}");
            assert!(!whole || done == usize::from(person != Person::SaysNo), "{person:?} {cut}");
            let open = first
                .ledger
                .lines()
                .iter()
                .filter(|line| line.verdict == crate::ports::Verdict::Allowed && line.outcome.is_none())
                .count();
            assert_eq!(open, 0, "{person:?} cut at {cut}: every entry is closed");
        }
    }
}

/// Attacks 35 and 53: the question is cancelled on the page while the phone rings; a later approval has no effect.
#[tokio::test(start_paused = true)]
async fn a_cancelled_action_is_not_done() {
    for (event, expected) in [
        (Event::ApprovalCancelled { call: CallId("call-1-1".into()) }, TurnEnd::Done),
        (Event::StopAsked { said: 1 }, TurnEnd::Stopped),
    ] {
        let house = elevated(once(), Person::SaysYesAtLook(10));
        let journal = MemoryJournal::with(vec![said("do it")]).at(house.runner.clock.clone());
        let taker = async {
            tokio::time::sleep(Duration::from_secs(22)).await;
            journal.intrude(event.clone());
        };
        let (ran, ()) = tokio::join!(run(&house, &journal), taker);
        ran.unwrap();
        let events = journal.events();
        assert_eq!(ended(&events), &expected);
        assert_eq!(refused(&events), Some(&Refusal::NotApproved { why: NotApproved::Cancelled }));
        assert!(house.tool.done().is_empty());
    }
}

/// The person asks to stop the turn while the phone rings, and the server is killed before it notices. Its successor
/// cancels the question and releases the person for the next one.
#[tokio::test(start_paused = true)]
async fn a_stop_recorded_before_a_crash_cancels_the_question() {
    let first = elevated(once(), Person::Sleeps);
    let journal = MemoryJournal::with(vec![said("do it")]).at(first.runner.clock.clone());
    let _ = tokio::time::timeout(Duration::from_secs(7), run(&first, &journal)).await;
    let mut log = journal.events();
    log.push(Event::StopAsked { said: 1 });
    let mut second = elevated(Vec::new(), Person::SaysYes);
    second.runner.guard.prompts = first.runner.guard.prompts.clone();
    let journal = MemoryJournal::with(log);
    run(&second, &journal).await.unwrap();
    assert_eq!(ended(&journal.events()), &TurnEnd::Stopped);
    assert_eq!(refused(&journal.events()), Some(&Refusal::NotApproved { why: NotApproved::Cancelled }));
    assert!(second.tool.done().is_empty());
    let open = second.runner.guard.prompts.open(&actor("ada"), second.runner.clock.now()).await.unwrap();
    assert_eq!(open, []);
}

/// The instance crashes between reserving the person and recording the question: the same call asks again at once.
#[tokio::test(start_paused = true)]
async fn a_question_that_was_never_recorded_does_not_block_itself() {
    let first = elevated(once(), Person::SaysYes);
    let journal = MemoryJournal::with(vec![said("do it")]).failing_at(Some(4)).at(first.runner.clock.clone());
    assert!(run(&first, &journal).await.is_err());
    assert!(matches!(journal.events().last(), Some(Event::CallProposed { .. })), "{:?}", journal.events());
    let mut second = elevated(vec![text("Well.")], Person::SaysYes);
    second.runner.guard.prompts = first.runner.guard.prompts.clone();
    let journal = MemoryJournal::with(journal.events());
    run(&second, &journal).await.unwrap();
    assert_eq!((second.tool.done().len(), ended(&journal.events())), (1, &TurnEnd::Done));
}

/// An approval and a cancellation cross: the one that was written first counts for every instance.
#[tokio::test(start_paused = true)]
async fn the_first_answer_counts() {
    let call = CallId("call-1-1".into());
    let house = elevated(once(), Person::Sleeps);
    let journal = MemoryJournal::with(vec![said("do it")]).at(house.runner.clock.clone());
    let _ = tokio::time::timeout(Duration::from_secs(7), run(&house, &journal)).await;
    let mut log = journal.events();
    assert!(matches!(log.last(), Some(Event::ApprovalPut { .. })), "{log:?}");
    log.push(Event::ApprovalCancelled { call: call.clone() });
    let given = crate::fakes::signed_approval(&actor("ada"), "", 1);
    log.push(Event::ApprovalAnswered { call, answer: Answer::Approved { given: vec![given] } });
    let again = elevated(vec![text("Well.")], Person::SaysYes);
    let journal = MemoryJournal::with(log);
    run(&again, &journal).await.unwrap();
    assert_eq!(refused(&journal.events()), Some(&Refusal::NotApproved { why: NotApproved::Cancelled }));
    assert!(again.tool.done().is_empty());
}

/// The time that a person takes to answer does not count for the turn.
#[tokio::test(start_paused = true)]
async fn waiting_for_a_person_does_not_use_up_the_turn() {
    let house = elevated(once(), Person::SaysYesAtLook(50));
    let journal = MemoryJournal::with(vec![said("do it")]).at(house.runner.clock.clone());
    run(&house, &journal).await.unwrap();
    assert_eq!(ended(&journal.events()), &TurnEnd::Done, "250 seconds of waiting, in a turn of 180");
    assert_eq!(house.tool.done().len(), 1);
}

/// The server shuts down while the phone rings. The turn stays open, and its next instance continues the question.
#[tokio::test(start_paused = true)]
async fn a_shutdown_leaves_the_question_open() {
    let house = elevated(once(), Person::Sleeps);
    let journal = MemoryJournal::with(vec![said("do it")]).at(house.runner.clock.clone());
    let (order, interrupts) = Interrupts::new();
    let closing = async {
        tokio::time::sleep(Duration::from_secs(12)).await;
        order.send_replace(Some(Interrupt::Suspend));
    };
    let (ada, id) = (actor("ada"), ConversationId::from_random([1; 26]));
    let (ran, ()) = tokio::join!(house.runner.run(&ada, &id, &journal, interrupts), closing);
    assert!(ran.is_err());
    assert!(matches!(journal.events().last(), Some(Event::ApprovalPut { .. })));

    let again = elevated(vec![text("Well.")], Person::SaysYes);
    let journal = MemoryJournal::with(journal.events());
    run(&again, &journal).await.unwrap();
    assert_eq!(again.tool.done().len(), 1);
    assert!(again.approver.asked().is_empty(), "nobody is asked twice");
}
