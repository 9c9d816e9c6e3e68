//! The scope of an approval: this actor, this call, once. Attack numbers are those of `docs/threat-model.md`.

use super::*;
use crate::Toolbox;
use crate::approval::SignedApproval;
use crate::fakes::{FixedClock, signed_approval};
use std::time::Duration;

fn not_approved(why: NotApproved) -> Result<String, Refusal> {
    Err(Refusal::NotApproved { why })
}

fn mismatched(what: &str) -> Result<String, Refusal> {
    not_approved(NotApproved::Mismatched { what: what.into() })
}

/// Attacks 30, 32 and 34: each answer has its own refusal, and each is recorded in the ledger under the approval's id.
#[tokio::test(start_paused = true)]
async fn only_this_persons_timely_approval_of_this_question_admits() {
    for (person, expected) in [
        (Person::SaysYes, Ok("thing:1".to_owned())),
        (Person::SaysYesAtLook(7), Ok("thing:1".to_owned())),
        (Person::SaysNo, not_approved(NotApproved::Denied)),
        (Person::Sleeps, not_approved(NotApproved::Expired)),
        (Person::IsForgotten, not_approved(NotApproved::Lost)),
        (Person::HasNoDevice, not_approved(NotApproved::NoDevice)),
        (Person::IsAnother, mismatched("another person gave the approval")),
        (Person::AnswersAnother, mismatched("the approval answers another question")),
        (Person::Forges, mismatched("wrong signature")),
        (Person::IsOutOfReach, Err(unavailable("the approval service"))),
        (Person::GetsLost, Err(unavailable("the approval service"))),
        (Person::LosesKeys, Err(unavailable("the approval service"))),
    ] {
        let house = house(World::Fine, person);
        assert_eq!(admit(&house, Risk::Elevated).await, expected, "{person:?}");
        let lines = house.ledger.lines();
        let allowed = lines.iter().filter(|line| line.verdict == Verdict::Allowed).count();
        assert_eq!((lines.len(), allowed), (1, usize::from(expected.is_ok())), "{person:?}: {lines:?}");
        let approval = lines[0].approval.as_ref().unwrap();
        assert_eq!(!approval.given.is_empty(), expected.is_ok(), "{person:?}");
    }
}

/// The approver's interval is respected, and the last poll happens at the very end.
#[tokio::test(start_paused = true)]
async fn the_guard_polls_at_the_allowed_interval_and_once_at_the_end() {
    let house = house(World::Fine, Person::Sleeps);
    let _ = admit(&house, Risk::Elevated).await;
    let until = house.approver.asked()[0].until;
    let looks = house.approver.looks();
    assert_eq!(looks.len(), 61, "one poll at the start and one every five seconds for five minutes");
    assert!(looks.last().unwrap() - until < 50, "{looks:?} {until}");
}

/// Attack 23: minutes pass between question and answer, so authorization is checked again.
#[tokio::test(start_paused = true)]
async fn a_permission_removed_while_the_phone_rings_refuses_the_call() {
    let house = house(World::Fine, Person::SaysYesAtLook(5));
    let taker = async {
        tokio::time::sleep(Duration::from_secs(12)).await;
        house.authorizer.remove("ada may thing:1");
    };
    let (admitted, ()) = tokio::join!(admit(&house, Risk::Elevated), taker);
    assert_eq!(admitted, Err(Refusal::Denied { relation: "may".into(), object: "thing:1".into() }));
    assert!(house.ledger.lines()[0].approval.as_ref().unwrap().given.len() == 1, "the ledger records the approval");
}

/// Attack 29: a recorded approval admits one call; any further use is refused.
#[tokio::test(start_paused = true)]
async fn an_approval_is_used_once() {
    let house = house(World::Fine, Person::SaysYes);
    let notes = Notes::default();
    assert!(house.guard.admit(request("ada", Risk::Elevated), &notes).await.is_ok());
    let again = house.guard.admit(request("ada", Risk::Elevated), &notes).await;
    let Err(NotAdmitted::Spent { refusal, entry }) = again else { panic!("admitted twice") };
    assert_eq!(refusal, Refusal::NotApproved { why: NotApproved::Used });
    house.guard.close_spent(&entry, &refusal).await.unwrap();
    assert_eq!(house.approver.asked().len(), 1);
    let outcomes: Vec<_> = house.ledger.lines().into_iter().map(|line| (line.verdict, line.outcome)).collect();
    assert!(matches!(&outcomes[0], (Verdict::Allowed, Some(Outcome::NotDone(_)))), "{outcomes:?}");
    assert!(matches!(&outcomes[1], (Verdict::Refused(_), None)), "{outcomes:?}");
}

type Alter = fn(&mut Request);

/// Attack 28: any difference from the question makes the approval invalid, even if it is not spent.
#[tokio::test(start_paused = true)]
async fn an_approval_of_one_action_does_not_cover_another() {
    let rows: [(&str, Alter); 6] = [
        ("nothing", |_| {}),
        ("another argument", |it| it.call.input = json!({"id": "1", "more": true})),
        ("another conversation", |it| it.conversation = ConversationId::from_random([9; 26])),
        ("another call", |it| it.call.id = CallId("call-1-2".into())),
        ("a tool that was redefined", |it| {
            let tool = FakeTool::new("deed", Risk::Elevated, FakeAction::Hangs).described("And more.");
            it.definition = Definition::of(tool.spec()).unwrap();
        }),
        ("another person", |it| it.actor = actor("bob")),
    ];
    let asked = house(World::Fine, Person::SaysYes);
    let notes = Notes::default();
    assert!(asked.guard.admit(request("ada", Risk::Elevated), &notes).await.is_ok());
    for (name, alter) in rows {
        // The approval is not spent in this ledger, and Bob may perform the action as well.
        let mut house = house(World::Fine, Person::Sleeps);
        house.guard.authorizer = Arc::new(TableAuthorizer::knowing(&["ada may thing:1", "bob may thing:1"]));
        let mut other = request("ada", Risk::Elevated);
        alter(&mut other);
        let admitted = house.guard.admit(other, &Notes::beginning(notes.now())).await;
        let allowed = house.ledger.lines().iter().filter(|line| line.verdict == Verdict::Allowed).count();
        match admitted {
            Ok(_) => assert_eq!((name, allowed), ("nothing", 1)),
            Err(NotAdmitted::Refused(refusal) | NotAdmitted::Spent { refusal, .. }) => {
                assert_ne!(name, "nothing");
                assert_eq!(refusal, Refusal::NotApproved { why: NotApproved::Changed }, "{name}");
                assert_eq!(allowed, 0, "{name}");
            }
            Err(NotAdmitted::Suspended(error)) => panic!("{name}: {error}"),
        }
    }
}

/// Attack 28: the shown action is the one that runs. A tool that changes after the approval does nothing.
#[tokio::test(start_paused = true)]
async fn a_tool_that_changed_after_the_approval_does_nothing() {
    let house = house(World::Fine, Person::SaysYes);
    let permit = house.guard.admit(request("ada", Risk::Elevated), &Notes::default()).await.unwrap();
    let other =
        Arc::new(FakeTool::new("deed", Risk::Elevated, FakeAction::Brings(json!(1))).described("Does another deed."));
    let toolbox = Toolbox::new([other.clone() as Arc<dyn Tool>]).unwrap();
    let (_spent, outcome) = toolbox.run(permit, Duration::from_secs(1)).await;
    assert!(outcome.is_err());
    assert!(other.done().is_empty());
}

/// Attack 38: after a crash the same question continues: nobody is asked twice, and an ended question stays ended.
#[tokio::test(start_paused = true)]
async fn the_guard_continues_from_the_recorded_approval_state() {
    let first = house(World::Fine, Person::Sleeps);
    let notes = Notes::default();
    let _ =
        tokio::time::timeout(Duration::from_secs(20), first.guard.admit(request("ada", Risk::Elevated), &notes)).await;
    let ApprovalState::Put(question, ticket, none) = notes.now() else { panic!("{:?}", notes.now()) };
    for (standing, person, asked, expected) in [
        (
            ApprovalState::Put(question.clone(), ticket.clone(), none.clone()),
            Person::SaysYes,
            0,
            Ok("thing:1".to_owned()),
        ),
        (ApprovalState::Put(question.clone(), ticket, none), Person::SaysNo, 0, not_approved(NotApproved::Denied)),
        (ApprovalState::Asked(question.clone()), Person::SaysYes, 1, Ok("thing:1".to_owned())),
        (
            ApprovalState::Answered(Some(question), Answer::Denied),
            Person::SaysYes,
            0,
            not_approved(NotApproved::Denied),
        ),
        (ApprovalState::Answered(None, Answer::Cancelled), Person::SaysYes, 0, not_approved(NotApproved::Cancelled)),
    ] {
        let house = house(World::Fine, person);
        let notes = Notes::beginning(standing.clone());
        let admitted = house.guard.admit(request("ada", Risk::Elevated), &notes).await;
        let admitted = admitted.map(|permit| permit.intent().object.to_string()).map_err(|error| match error {
            NotAdmitted::Refused(refusal) | NotAdmitted::Spent { refusal, .. } => refusal,
            NotAdmitted::Suspended(error) => panic!("{error}"),
        });
        assert_eq!(admitted, expected, "{standing:?}");
        assert_eq!(house.approver.asked().len(), asked, "{standing:?}");
    }
}

/// Attack 33: two concurrent questions ring once; the second waits visibly, and a denial starts a pause.
#[tokio::test(start_paused = true)]
async fn one_question_at_a_time() {
    let house = house(World::Fine, Person::SaysYesAtLook(3));
    let mut other = request("ada", Risk::Elevated);
    other.call.input = json!({"id": "1", "other": 1});
    other.call.id = CallId("call-1-2".into());
    let (one, two) = (Notes::default(), Notes::default());
    let (first, second) =
        tokio::join!(house.guard.admit(request("ada", Risk::Elevated), &one), house.guard.admit(other, &two));
    assert!(first.is_ok() && second.is_ok());
    assert_eq!(*two.queued.lock().unwrap(), 1, "it says that it waits");
    let asked = house.approver.asked();
    assert!(asked[1].asked > asked[0].asked, "one after the other");

    let house = self::house(World::Fine, Person::SaysNo);
    let _ = admit(&house, Risk::Elevated).await;
    let again = admit(&house, Risk::Elevated).await;
    assert!(matches!(again, Err(Refusal::NotApproved { why: NotApproved::Cooling { .. } })), "{again:?}");
    assert_eq!(house.approver.asked().len(), 1);
}

/// A process was suspended: its timers have not advanced, but the wall clock has moved by minutes.
#[tokio::test(start_paused = true)]
async fn an_expired_approval_or_permit_is_not_acted_on() {
    for (risk, slept, done) in [
        (Risk::Elevated, 59_000, true),
        (Risk::Elevated, 61_000, false),
        (Risk::Read, 59_000, true),
        (Risk::Read, 61_000, false),
    ] {
        let clock = Arc::new(RuntimeClock::default());
        let mut house = house(World::Fine, Person::SaysYes);
        house.guard.clock = clock.clone();
        let permit = house.guard.admit(request("ada", risk), &Notes::default()).await.unwrap();
        clock.oversleep(slept);
        let tool = Arc::new(FakeTool::new("deed", risk, FakeAction::Brings(json!(1))));
        let toolbox = Toolbox::new([tool.clone() as Arc<dyn Tool>]).unwrap();
        let (_spent, outcome) = toolbox.run(permit, Duration::from_secs(1)).await;
        assert_eq!((outcome.is_ok(), tool.done().len()), (done, usize::from(done)), "{risk:?} {slept}");
    }
}

/// The same between the approval and the ledger: the approval is not even spent.
#[tokio::test(start_paused = true)]
async fn an_approval_recorded_too_long_ago_admits_nothing() {
    let asked = house(World::Fine, Person::SaysYes);
    let notes = Notes::default();
    assert!(asked.guard.admit(request("ada", Risk::Elevated), &notes).await.is_ok());
    let ApprovalState::Answered(Some(question), Answer::Approved { given }) = notes.now() else {
        panic!("{:?}", notes.now())
    };
    for (age, expected) in [(question.window, true), (question.window + 1, false)] {
        let clock = Arc::new(FixedClock::default());
        clock.advance(given[0].at + age);
        let mut later = house(World::Fine, Person::Sleeps);
        later.guard.clock = clock;
        let admitted = later.guard.admit(request("ada", Risk::Elevated), &Notes::beginning(notes.now())).await;
        match admitted {
            Ok(_) => assert!(expected, "{age}"),
            Err(NotAdmitted::Refused(refusal) | NotAdmitted::Spent { refusal, .. }) => {
                assert!(!expected, "{age}");
                assert_eq!(refusal, Refusal::NotApproved { why: NotApproved::Stale });
            }
            Err(NotAdmitted::Suspended(error)) => panic!("{error}"),
        }
    }
}

/// An approval in the log is accepted only with evidence of this person and this question.
#[tokio::test(start_paused = true)]
async fn evidence_is_verified_again_when_the_approval_is_spent() {
    let asked = house(World::Fine, Person::SaysYes);
    let notes = Notes::default();
    assert!(asked.guard.admit(request("ada", Risk::Elevated), &notes).await.is_ok());
    let ApprovalState::Answered(Some(question), Answer::Approved { given }) = notes.now() else {
        panic!("{:?}", notes.now())
    };
    let given = given[0].clone();
    let of = |who: &str, digest: &str| signed_approval(&actor(who), digest, given.at);
    let changed = SignedApproval { evidence: of("ada", &format!("{} ", question.digest)).evidence, ..given.clone() };
    let borrowed = SignedApproval { subject: "bob".into(), ..given.clone() };
    let rows = [
        ("its own", given.clone(), Person::Sleeps, Ok("thing:1".to_owned())),
        ("a changed byte", changed, Person::Sleeps, mismatched("wrong evidence")),
        ("another person's", of("bob", &question.digest), Person::Sleeps, mismatched("wrong evidence")),
        ("under another name", borrowed, Person::Sleeps, mismatched("another person gave the approval")),
        ("another question's", of("ada", "0"), Person::Sleeps, mismatched("wrong evidence")),
        ("no keys", given.clone(), Person::LosesKeys, Err(unavailable("the approval service"))),
    ];
    for (name, given, person, expected) in rows {
        let later = house(World::Fine, person);
        let given = vec![given];
        let call_log = Notes::beginning(ApprovalState::Answered(Some(question.clone()), Answer::Approved { given }));
        let admitted = later.guard.admit(request("ada", Risk::Elevated), &call_log).await;
        let admitted = match admitted {
            Ok(permit) => Ok(permit.intent().object.to_string()),
            Err(NotAdmitted::Refused(refusal)) => Err(refusal),
            Err(other) => panic!("{name}: {other:?}"),
        };
        assert_eq!(admitted, expected, "{name}");
        let approval = later.ledger.lines().remove(0).approval.unwrap();
        assert_eq!(
            approval.given.into_iter().next().map(|given| given.evidence),
            expected.ok().map(|_| given_hash(&notes)),
            "{name}"
        );
    }
}

/// The hash of the recorded evidence.
fn given_hash(notes: &Notes) -> String {
    let ApprovalState::Answered(_, Answer::Approved { given }) = notes.now() else { panic!("{:?}", notes.now()) };
    given[0].evidence.sha256()
}

/// The phone shows every detail that could be overlooked: exact numbers, hidden and look-alike characters, reordering.
#[tokio::test(start_paused = true)]
async fn the_question_shows_details_that_are_easily_overlooked() {
    let house = house(World::Fine, Person::SaysYes);
    let mut request = request("ada", Risk::Elevated);
    request.call.input = json!({
        "id": "1", "account": 9_007_199_254_740_993_u64, "to": "general\u{3164}", "user": "bob@\u{430}cme.example",
        "name": "\u{5d3}\u{5d5}\u{5d3}",
    });
    assert!(house.guard.admit(request, &Notes::default()).await.is_ok());
    let question = house.approver.asked().remove(0);
    let detail =
        |wanted: &str| question.details.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.as_str());
    let arguments = "{\"account\":9007199254740993,\"id\":\"1\",\"name\":\"\u{2067}\u{5d3}\u{5d5}\u{5d3}\u{2069}\",\
                     \"to\":\"general⟨U+3164⟩\",\"user\":\"bob@\u{430}cme.example\"}";
    assert_eq!(detail("Arguments"), Some(arguments));
    assert_eq!(detail("Look-alike letters"), Some("bob@\u{430}cme.example has \u{430} U+0430 Cyrillic"));
}
