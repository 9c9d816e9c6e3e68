//! The fold of approvals that come from outside of the turn: only while their question is open.

use super::*;
use crate::Refusal;
use crate::approval::{Answer, ApprovalId, Channel, Declined, Question, SignedApproval};
use crate::fakes::{question, signed_approval};
use crate::guard::ApprovalState;
use crate::ports::{EntryId, Numbered, Ticket};
use crate::turn::History;
use crate::turn::open::{Pending, Stage};

fn call() -> CallId {
    CallId("call-1-1".into())
}

fn id(number: u8) -> ApprovalId {
    ApprovalId::from_random([number; 26])
}

fn given(who: &str, channel: Channel, question: u8) -> Event {
    let given = SignedApproval { channel, ..signed_approval(&actor(who), "", 5) };
    Event::ApprovalGiven { call: call(), question: id(question), given }
}

/// Another sign-in of somebody whom FGA knows as Bob.
fn given_by_bobs_other_sign_in() -> Event {
    let other = signed_approval(&actor("bob-2"), "", 6);
    let given = SignedApproval { channel: Channel::SecondPerson, principal: "bob".into(), ..other };
    Event::ApprovalGiven { call: call(), question: id(1), given }
}

fn declined(question: u8) -> Event {
    let declined = Declined { by: Some("Bob".into()), reason: Some("Not today".into()) };
    Event::ApprovalDeclined { call: call(), question: id(question), declined }
}

/// The state of the question after these events, which follow its being sent.
fn state(events: Vec<Event>) -> ApprovalState {
    let tool_call = ToolCall { id: call(), tool: ToolName("deed".into()), input: json!({}) };
    let ticket = Ticket { handle: String::new(), interval_ms: 1, until: 300_000, page: None, channels: Vec::new() };
    let begin = [
        said("do it"),
        Event::TurnStarted { said: 1 },
        Event::CallProposed { call: tool_call, summary: String::new(), target: String::new() },
        Event::ApprovalAsked { call: call(), question: question(1) },
        Event::ApprovalPut { call: call(), ticket },
    ];
    let log = (1..).zip(begin.into_iter().chain(events)).map(|(number, event)| Numbered { number, at: 9, event });
    let log: Vec<Numbered> = log.collect();
    let open = History::fold(&log).open.unwrap();
    let [Pending { stage: Stage::Proposed(state), .. }] = &open.pending[..] else { panic!("{open:?}") };
    state.clone()
}

/// The number of approvals that a question has received, or its answer.
fn outcome(events: Vec<Event>) -> Result<usize, Answer> {
    match state(events) {
        ApprovalState::Put(_, _, received) => Ok(received.len()),
        ApprovalState::Answered(_, answer) => Err(answer),
        other => panic!("{other:?}"),
    }
}

#[test]
fn approvals_from_outside_count_once_and_while_their_question_is_open() {
    use Channel::{Passkey, SecondPerson};
    let cancel = || Event::ApprovalCancelled { call: call() };
    let stop = || Event::StopAsked { said: 1 };
    let by_bob = Declined { by: Some("Bob".into()), reason: Some("Not today".into()) };
    for (name, events, expected) in [
        ("one", vec![given("ada", Passkey, 1)], Ok(1)),
        ("two people", vec![given("ada", Passkey, 1), given("bob", SecondPerson, 1)], Ok(2)),
        ("two devices of one person", vec![given("ada", Passkey, 1), given("ada", Passkey, 1)], Ok(1)),
        (
            "two sign-ins of one second person",
            vec![given("bob", SecondPerson, 1), given_by_bobs_other_sign_in()],
            Ok(1),
        ),
        ("of another question", vec![given("ada", Passkey, 2)], Ok(0)),
        ("after a cancellation", vec![cancel(), given("ada", Passkey, 1)], Err(Answer::Cancelled)),
        ("before a cancellation", vec![given("ada", Passkey, 1), cancel()], Err(Answer::Cancelled)),
        ("after a stop", vec![stop(), given("ada", Passkey, 1)], Ok(0)),
        ("declined", vec![given("ada", Passkey, 1), declined(1)], Err(Answer::Declined { declined: by_bob.clone() })),
        ("declined after a cancellation", vec![cancel(), declined(1)], Err(Answer::Cancelled)),
        (
            "approved after a denial",
            vec![declined(1), given("bob", SecondPerson, 1)],
            Err(Answer::Declined { declined: by_bob }),
        ),
        ("a denial of another question", vec![declined(2)], Ok(0)),
        ("declined after a stop", vec![stop(), declined(1)], Err(Answer::Cancelled)),
    ] {
        assert_eq!(outcome(events), expected, "{name}");
    }
}

#[test]
fn an_open_question_is_found_by_its_id_until_it_has_an_answer() {
    let find = |events: Vec<Event>| matches!(state(events), ApprovalState::Put(question, ..) if question.id == id(1));
    assert!(find(vec![]));
    assert!(!find(vec![Event::ApprovalCancelled { call: call() }]));
}

/// The guard checks an approval after the log has it. One that is refused then allows nothing later.
#[test]
fn an_approval_to_disclose_counts_from_the_start_of_its_call() {
    let tool_call = ToolCall { id: call(), tool: ToolName("deed".into()), input: json!({}) };
    let disclosing = Question { discloses: Some("the desk".into()), ..question(1) };
    let approved = Answer::Approved { given: vec![signed_approval(&actor("ada"), "", 5)] };
    let begin = [
        said("do it"),
        Event::TurnStarted { said: 1 },
        Event::CallProposed { call: tool_call, summary: String::new(), target: String::new() },
        Event::ApprovalAsked { call: call(), question: disclosing },
        Event::ApprovalAnswered { call: call(), answer: approved },
    ];
    let refused = Event::CallRefused { call: call(), refusal: Refusal::SignInAgain };
    let started = Event::CallStarted { call: call(), entry: EntryId("entry".into()) };
    for (name, then, expected) in
        [("only approved", None, false), ("refused", Some(refused), false), ("started", Some(started), true)]
    {
        let events = begin.iter().cloned().chain(then);
        let log: Vec<Numbered> = (1..).zip(events).map(|(number, event)| Numbered { number, at: 9, event }).collect();
        assert_eq!(History::fold(&log).disclosed.contains_key("the desk"), expected, "{name}");
    }
}

/// A use of a standing approval answers a question that nobody was asked. It changes no answer, and no stop.
#[test]
fn an_approval_in_advance_answers_only_a_call_that_nobody_was_asked_about() {
    let tool_call = ToolCall { id: call(), tool: ToolName("deed".into()), input: json!({}) };
    let given = SignedApproval { channel: Channel::Passkey, ..signed_approval(&actor("ada"), "", 5) };
    let advance = Event::ApprovedInAdvance { call: call(), question: question(1), given: given.clone() };
    let answer = |before: &[Event]| {
        let begin = [
            said("do it"),
            Event::TurnStarted { said: 1 },
            Event::CallProposed { call: tool_call.clone(), summary: String::new(), target: String::new() },
        ];
        let events = begin.iter().chain(before).chain([&advance]).cloned();
        let log: Vec<Numbered> = (1..).zip(events).map(|(number, event)| Numbered { number, at: 9, event }).collect();
        let open = History::fold(&log).open.unwrap();
        let [Pending { stage: Stage::Proposed(state), .. }] = &open.pending[..] else { panic!("{open:?}") };
        match state.clone() {
            ApprovalState::Answered(question, answer) => Some((question.map(|question| question.id), answer)),
            _ => None,
        }
    };
    let approved = Answer::Approved { given: vec![given] };
    let asked = Event::ApprovalAsked { call: call(), question: question(2) };
    for (name, before, expected) in [
        ("alone", vec![], Some((Some(id(1)), approved))),
        ("after a stop", vec![Event::StopAsked { said: 1 }], Some((Some(id(1)), Answer::Cancelled))),
        ("after a cancellation", vec![Event::ApprovalCancelled { call: call() }], Some((None, Answer::Cancelled))),
        ("while somebody is asked", vec![asked], None),
    ] {
        assert_eq!(answer(&before), expected, "{name}");
    }
}
