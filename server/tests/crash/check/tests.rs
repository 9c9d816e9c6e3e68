//! Each check finds what it is for: every test falsifies a correct record in one place.

use super::{Violation, all, undisturbed};
use crate::page::Sight;
use crate::phone::Answered;
use crate::record::{Effect, Post, Record, Ring};
use crate::scenario::{Done, RESETS};
use agent::actor::Evidence;
use agent::approval::{Answer as GivenApproval, ApprovalEvidence, ApprovalId, Channel, Question, SignedApproval};
use agent::guard::NotApproved;
use agent::ids::{ConversationId, IdempotencyKey};
use agent::intent::Risk;
use agent::ports::{self, Approval, Ending, EntryId, Numbered, Outcome, PastEntry, Ticket, Verdict};
use agent::turn::{Event, TurnEnd};
use agent::{Actor, CallId, Place, Refusal, ToolCall, ToolName};
use app::state::{Transcript, Turn};
use app::wire::ApiError;
use sandbox::identity::Answer;
use serde_json::json;
use std::collections::BTreeSet;

const ADA: &str = "auth0|ada";
const BOB: &str = "bob@acme.example";
const ENTRY: &str = "entry 1";

type Doctor = fn(&mut Record);

#[test]
fn a_correct_record_has_no_violation() {
    assert_eq!(all(&good()), []);
    let mut unknown = good();
    unknown.log[7].event = Event::CallUnknown { call: call() };
    assert_eq!(all(&unknown), [], "a call with an unknown outcome may have been done");
    unknown.effects.clear();
    unknown.entries[0].ending = Some(Ending { outcome: Outcome::Unknown, at: 90, took: 20 });
    assert_eq!(all(&unknown), [], "or not");
}

#[test]
fn every_check_finds_its_violation() {
    let rows: Vec<(Doctor, Violation)> = vec![
        (|r| r.posts[0].client.push('x'), Violation::MessageLost { client: "crash-client-0x".into() }),
        (|r| again(r, 0), Violation::MessageRepeated { client: "crash-client-0".into(), times: 2 }),
        (|r| r.posts[0].text.clear(), Violation::MessageChanged { client: "crash-client-0".into() }),
        (|r| drop(r.log.remove(8)), Violation::Gap { expected: 9, found: 10 }),
        (|r| drop(r.log.pop()), Violation::Turn { said: 1, begun: 1, ended: 0 }),
        (|r| again(r, 1), Violation::Turn { said: 1, begun: 2, ended: 1 }),
        (|r| again(r, 8), Violation::OutsideOfTurn { event: 11 }),
        (|r| again(r, 2), Violation::CallRepeated { call: "call-1-1".into(), times: 2 }),
        (|r| drop(r.log.remove(7)), Violation::Outcomes { call: "call-1-1".into(), outcomes: 0 }),
        (|r| again(r, 7), Violation::Outcomes { call: "call-1-1".into(), outcomes: 2 }),
        (|r| drop(r.log.remove(6)), Violation::Begun { call: "call-1-1".into(), times: 0 }),
        (|r| again(r, 6), Violation::Begun { call: "call-1-1".into(), times: 2 }),
        (|r| drop(r.log.remove(5)), without_yes()),
        (|r| answered(r, GivenApproval::Denied), without_yes()),
        (|r| answered(r, GivenApproval::Approved { given: vec![signed("auth0|eve", 60)] }), without_yes()),
        (|r| r.log[4].event = Event::ApprovalCancelled { call: call() }, without_yes()),
        (
            |r| r.effects.push(r.effects[0].clone()),
            Violation::EffectRepeated { what: Done::Reset, whom: BOB.into(), times: 2 },
        ),
        (|r| r.effects[0].what = Done::Deleted, Violation::EffectWithoutCall { what: Done::Deleted, whom: BOB.into() }),
        (|r| r.effects[0].whom = "eve".into(), Violation::EffectWithoutCall { what: Done::Reset, whom: "eve".into() }),
        (|r| drop(r.log.remove(6)), Violation::EffectWithoutCall { what: Done::Reset, whom: BOB.into() }),
        (|r| r.entries.clear(), no_entry()),
        (|r| r.entries[0].at = 81, no_entry()),
        (|r| r.entries[0].verdict = Verdict::Refused("no".into()), no_entry()),
        (|r| r.entries[0].place.as_mut().unwrap().call = CallId("call-1-2".into()), no_entry()),
        (|r| r.pushes.clear(), no_yes()),
        (|r| r.pushes[0].answered = None, no_yes()),
        (|r| r.pushes[0].answered = Some(Answered { answer: Answer::Deny, at: 50 }), no_yes()),
        (|r| r.pushes[0].answered = Some(Answered { answer: Answer::Approve, at: 81 }), no_yes()),
        (|r| r.pushes[0].sub = "auth0|eve".into(), no_yes()),
        (|r| r.pushes[0].code = "00-000".into(), no_yes()),
        (|r| r.entries[0].approval = None, no_yes()),
        (|r| approval(r).given.clear(), no_yes()),
        (|r| approval(r).given = vec![given("auth0|eve", 60)], no_yes()),
        (|r| r.effects.clear(), Violation::NotDone { call: "call-1-1".into(), missing: Done::Reset }),
        (|r| r.log[7].event = failed(), all_the_same()),
        (|r| r.log[7].event = refused(), all_the_same()),
        (|r| r.entries.push(r.entries[0].clone()), Violation::YesSpentTwice { approval: id().to_string() }),
        (|r| r.entries[0].id.0.push('0'), Violation::StrangeEntry { call: "call-1-1".into(), entry: ENTRY.into() }),
        (|r| r.entries[0].ending = None, disagrees()),
        (|r| ending(r).outcome = Outcome::Unknown, disagrees()),
        (|r| ending(r).outcome = Outcome::NotDone("no".into()), disagrees()),
        (|r| r.log[7].event = failed(), disagrees()),
        (
            |r| r.pushes.push(Ring { code: "00-000".into(), ..r.pushes[0].clone() }),
            Violation::PushWithoutQuestion { code: "00-000".into() },
        ),
        (|r| r.page.over = Some(ApiError::NotFound), Violation::PageOver(ApiError::NotFound)),
        (|r| r.page.transcript.last = 9, Violation::PageDiffers),
        (|r| r.page.transcript.partial.text.push('x'), Violation::PageDiffers),
        (|r| r.reloaded.turn = Turn::Thinking { said: 1 }, Violation::PageBusy("a turn")),
        (|r| r.reloaded.partial.text.push('x'), Violation::PageBusy("unfinished text")),
        (|r| r.findings.push("changed".into()), Violation::Ledger("changed".into())),
        (|r| r.sins.push("okta".into()), Violation::Sin("okta".into())),
    ];
    let mut found = BTreeSet::from([
        place(&Violation::Events { expected: 0, found: 0 }),
        place(&Violation::Effects { found: Vec::new() }),
    ]);
    for (row, (doctor, expected)) in rows.into_iter().enumerate() {
        let mut record = good();
        doctor(&mut record);
        let violations = all(&record);
        assert!(violations.contains(&expected), "row {row}: {expected:?} is not in {violations:?}");
        found.insert(place(&expected));
    }
    assert_eq!(found.len(), KINDS, "every kind of violation has a row: {found:?}");
}

#[test]
fn an_undisturbed_run_must_do_what_its_scenario_says() {
    let found = undisturbed(&good(), &RESETS);
    assert_eq!(found, [Violation::Events { expected: 11, found: 10 }]);
    let mut record = good();
    record.effects.clear();
    assert!(undisturbed(&record, &RESETS).contains(&Violation::Effects { found: Vec::new() }));
}

/// Number of kinds of violations: one more than the greatest [`place`].
const KINDS: usize = 27;

/// A number for each kind. The exhaustive match reminds whoever adds a kind to add a row.
const fn place(violation: &Violation) -> usize {
    match violation {
        Violation::MessageLost { .. } => 0,
        Violation::MessageRepeated { .. } => 1,
        Violation::MessageChanged { .. } => 2,
        Violation::Gap { .. } => 3,
        Violation::Turn { .. } => 4,
        Violation::OutsideOfTurn { .. } => 5,
        Violation::CallRepeated { .. } => 6,
        Violation::Outcomes { .. } => 7,
        Violation::Begun { .. } => 8,
        Violation::BegunWithoutYes { .. } => 9,
        Violation::EffectRepeated { .. } => 10,
        Violation::EffectWithoutCall { .. } => 11,
        Violation::EffectWithoutEntry { .. } => 12,
        Violation::EffectWithoutYes { .. } => 13,
        Violation::NotDone { .. } => 14,
        Violation::DoneAllTheSame { .. } => 15,
        Violation::YesSpentTwice { .. } => 16,
        Violation::StrangeEntry { .. } => 17,
        Violation::EntryDisagrees { .. } => 18,
        Violation::PushWithoutQuestion { .. } => 19,
        Violation::PageOver(_) => 20,
        Violation::PageDiffers => 21,
        Violation::PageBusy(_) => 22,
        Violation::Events { .. } => 23,
        Violation::Effects { .. } => 24,
        Violation::Ledger(_) => 25,
        Violation::Sin(_) => 26,
    }
}

/// Returns the record of an approved and successful reset.
fn good() -> Record {
    let client = IdempotencyKey::try_from("crash-client-0".to_owned()).unwrap();
    let text = RESETS.says[0].to_owned();
    let input = json!({ "user": BOB });
    let proposed = ToolCall { id: call(), tool: ToolName("okta_reset_password".into()), input };
    let ticket = Ticket { handle: String::new(), interval_ms: 1_000, until: 300, page: None, channels: Vec::new() };
    let events = [
        Event::UserSaid { text: text.clone(), client, session: None, replaces: None, arrival: None },
        Event::TurnStarted { said: 1 },
        Event::CallProposed { call: proposed, summary: String::new(), target: BOB.into() },
        Event::ApprovalAsked { call: call(), question: question() },
        Event::ApprovalPut { call: call(), ticket },
        Event::ApprovalAnswered { call: call(), answer: GivenApproval::Approved { given: vec![signed(ADA, 60)] } },
        Event::CallStarted { call: call(), entry: EntryId(ENTRY.into()) },
        Event::CallDone { call: call(), summary: String::new(), content: json!({}), took_ms: 1 },
        Event::Said { text: "Done.".into() },
        Event::TurnEnded { said: 1, why: TurnEnd::Done },
    ];
    let numbered = |(number, event)| Numbered { number, at: 0, event };
    let answered = Some(Answered { answer: Answer::Approve, at: 50 });
    Record {
        who: ADA.into(),
        posts: vec![Post { client: "crash-client-0".into(), text }],
        log: (1..).zip(events).map(numbered).collect(),
        entries: vec![entry()],
        pushes: vec![Ring { code: id().code(), sub: ADA.into(), answered }],
        effects: vec![Effect { what: Done::Reset, whom: BOB.into(), at: 80 }],
        page: Sight::default(),
        reloaded: Transcript::default(),
        findings: Vec::new(),
        sins: Vec::new(),
    }
}

fn entry() -> PastEntry {
    PastEntry {
        id: EntryId(ENTRY.into()),
        at: 70,
        issuer: "https://idp.example/".into(),
        kind: agent::actor::ActorKind::Person,
        subject: ADA.into(),
        name: None,
        email: None,
        place: Some(Place { conversation: ConversationId::from_random([1; 26]), call: call() }),
        tool: ToolName("okta_reset_password".into()),
        intent: String::new(),
        relation: "manage_okta".into(),
        object: "okta:users".into(),
        risk: Risk::Elevated,
        approval: Some(Approval { id: id(), digest: String::new(), given: vec![given(ADA, 60)] }),
        policy: None,
        way: None,
        verdict: Verdict::Allowed,
        ending: Some(Ending { outcome: Outcome::Done, at: 90, took: 20 }),
    }
}

fn question() -> Question {
    Question {
        id: id(),
        tool: ToolName("okta_reset_password".into()),
        effect: None,
        summary: String::new(),
        details: Vec::new(),
        relation: "manage_okta".into(),
        object: "okta:users".into(),
        digest: String::new(),
        binding_message: String::new(),
        asked: 0,
        until: 300,
        window: 60,
        discloses: None,
    }
}

fn id() -> ApprovalId {
    ApprovalId::from_random([7; 26])
}

fn call() -> CallId {
    CallId("call-1-1".into())
}

fn given(subject: &str, at: i64) -> ports::GivenApproval {
    signed(subject, at).given()
}

fn signed(subject: &str, at: i64) -> SignedApproval {
    let evidence = ApprovalEvidence::new("e30.e30.AA".into()).unwrap();
    let person = Actor::attest(Evidence::of("https://idp.example/", subject, "default"));
    SignedApproval::of(&person, Channel::Ciba, at, evidence)
}

/// Appends an event of the log once more.
fn again(record: &mut Record, place: usize) {
    let number = record.log.len() as u64 + 1;
    record.log.push(Numbered { number, ..record.log[place].clone() });
}

fn answered(record: &mut Record, answer: GivenApproval) {
    record.log[5].event = Event::ApprovalAnswered { call: call(), answer };
}

fn approval(record: &mut Record) -> &mut Approval {
    record.entries[0].approval.as_mut().unwrap()
}

fn ending(record: &mut Record) -> &mut Ending {
    record.entries[0].ending.as_mut().unwrap()
}

fn failed() -> Event {
    Event::CallFailed { call: call(), reason: String::new() }
}

fn refused() -> Event {
    Event::CallRefused { call: call(), refusal: Refusal::NotApproved { why: NotApproved::Used } }
}

fn without_yes() -> Violation {
    Violation::BegunWithoutYes { call: "call-1-1".into() }
}

fn no_entry() -> Violation {
    Violation::EffectWithoutEntry { what: Done::Reset, whom: BOB.into() }
}

fn no_yes() -> Violation {
    Violation::EffectWithoutYes { what: Done::Reset, whom: BOB.into() }
}

fn all_the_same() -> Violation {
    Violation::DoneAllTheSame { call: "call-1-1".into(), what: Done::Reset }
}

fn disagrees() -> Violation {
    Violation::EntryDisagrees { call: "call-1-1".into(), entry: ENTRY.into() }
}
