use super::*;
use crate::CallId;
use crate::fakes::{actor, kind, limits, question, signed_approval};
use crate::ids::ConversationId;
use serde_json::json;

fn approval(number: u8, uses: u32) -> StandingApproval {
    StandingApproval {
        limits: StandingLimits { id: question(number).id, ..limits(uses, 10_000) },
        given: signed_approval(&actor("ada"), "", 1),
        summary: "Do it".into(),
        others: Vec::new(),
        used: Vec::new(),
    }
}

fn place(number: u32) -> Place {
    Place { conversation: ConversationId::from_random([1; 26]), call: CallId(format!("call-1-{number}")) }
}

fn record(number: u8, uses: u32) -> StandingRecord {
    let mut record = StandingRecord::default();
    record.add(approval(number, uses), 1).unwrap();
    record
}

fn spend(record: &mut StandingRecord, id: u8, call: u32, now: Millis) -> Option<u32> {
    let (own, definition) = kind();
    let kind = ActionKind { call: &own, definition: &definition, target: "1" };
    let spent = record.spend(&question(id).id, &actor("ada"), &kind, &place(call), now)?;
    spent.standing.unwrap().used
}

#[test]
fn a_use_is_counted_once_for_each_call_and_never_beyond_the_last() {
    let mut record = record(1, 2);
    for (name, id, call, now, used) in [
        ("another standing approval", 2, 1, 5, None),
        ("at the end", 1, 1, 10_000, None),
        ("the first", 1, 1, 5, Some(1)),
        ("the same call again", 1, 1, 6, Some(1)),
        ("the second", 1, 2, 7, Some(2)),
        ("one too many", 1, 3, 8, None),
        ("a call that has used it", 1, 1, 9, Some(1)),
        ("a call that has used it, after the end", 1, 1, 10_000, None),
    ] {
        assert_eq!(spend(&mut record, id, call, now), used, "{name}");
    }
    let holds = |number, call| record.holds(&question(1).id, number, &place(call));
    assert!(holds(1, 1) && holds(2, 2) && !holds(1, 2) && !holds(2, 3), "the last use may still begin");
}

#[test]
fn a_revoked_standing_approval_is_neither_spent_nor_held() {
    let mut record = record(1, 2);
    assert_eq!(spend(&mut record, 1, 1, 5), Some(1));
    assert!(record.revoke(&question(1).id).is_some());
    assert_eq!((record.revoke(&question(1).id), spend(&mut record, 1, 1, 6)), (None, None));
    assert!(!record.holds(&question(1).id, 1, &place(1)));
}

#[test]
fn a_person_has_few_of_them_and_those_that_ended_make_room() {
    let mut record = StandingRecord::default();
    for number in 0..10 {
        assert_eq!(record.add(approval(number, 1), 1), Ok(()));
    }
    assert_eq!(record.add(approval(20, 1), 1), Err(TooMany));
    assert_eq!((record.add(approval(3, 1), 1), record.current(1).count()), (Ok(()), 10), "a repeated write");
    assert_eq!((record.current(10_000).count(), record.add(approval(20, 1), 10_000 + MARGIN)), (0, Ok(())));
}

#[test]
fn a_choice_keeps_within_the_offer_and_names_each_object_in_the_place_of_the_first() {
    let (mut call, definition) = kind();
    call.input = json!({ "user": "bob@acme.example", "mail": false });
    let kind = |target| ActionKind { call: &call, definition: &definition, target };
    let offer = StandingOffer::of(&kind("bob@acme.example"), 5, 1_000);
    let ada = actor("ada");
    let limits = |offer: &StandingOffer, uses, until, others: &[&str]| {
        let choice = StandingChoice { uses, until, others: others.iter().map(ToString::to_string).collect() };
        offer.limits(&ada, &question(1), &choice, 100)
    };
    let (long, many) = ("x".repeat(101), vec!["x"; 21]);
    for (name, uses, until, others, expected) in [
        ("nothing", 0, 200, &[][..], Some(BadChoice::Uses)),
        ("too often", 6, 200, &[], Some(BadChoice::Uses)),
        ("over already", 1, 100, &[], Some(BadChoice::Until)),
        ("too long", 1, 1_101, &[], Some(BadChoice::Until)),
        ("an empty name", 1, 200, &[""], Some(BadChoice::Others)),
        ("a name with a space", 1, 200, &["x "], Some(BadChoice::Others)),
        ("a long name", 1, 200, &[long.as_str()], Some(BadChoice::Others)),
        ("many names", 1, 200, &many, Some(BadChoice::Others)),
        ("the bounds", 5, 1_100, &["eve@acme.example"], None),
    ] {
        assert_eq!(limits(&offer, uses, until, others).err(), expected, "{name}");
    }
    let own = limits(&offer, 1, 200, &["eve@acme.example"]).unwrap();
    for (user, covered) in [("bob@acme.example", true), ("eve@acme.example", true), ("eve@acme.examples", false)] {
        let call = crate::ToolCall { input: json!({ "user": user, "mail": false }), ..call.clone() };
        let kind = ActionKind { call: &call, definition: &definition, target: user };
        assert_eq!(own.covers(&ada, &kind), covered, "{user}");
    }
    let unnamed = StandingOffer::of(&kind("nobody"), 5, 1_000);
    assert!(offer.takes_others() && !unnamed.takes_others());
    assert_eq!(limits(&unnamed, 1, 200, &["eve@acme.example"]).err(), Some(BadChoice::Others));
}
