//! The checks find what they are for: each test falsifies a correct record in one way.

use super::super::record::{Page, Ring};
use super::*;
use agent::approval::{ApprovalId, Channel};
use agent::ids::ConversationId;
use agent::ports::{Approval, EntryId, GivenApproval};
use agent::{CallId, Place, ToolName};
use app::wire::TurnEnd;

const BOB: &str = "bob@acme.example";

fn good() -> Record {
    let given = GivenApproval {
        channel: Channel::Ciba,
        issuer: "issuer".to_owned(),
        subject: "ada".to_owned(),
        at: 1_000,
        evidence: "e1".repeat(32),
        assertion: None,
        standing: None,
    };
    let entry = PastEntry {
        id: EntryId("1".to_owned()),
        at: 1_000,
        issuer: "issuer".to_owned(),
        kind: agent::actor::ActorKind::Person,
        subject: "ada".to_owned(),
        name: None,
        email: None,
        way: None,
        policy: None,
        place: Some(Place { conversation: ConversationId::from_random([1; 26]), call: CallId("call-1-1".to_owned()) }),
        tool: ToolName("okta_delete_user".to_owned()),
        intent: format!("Delete the user {BOB} for good"),
        relation: "can_reset_password".to_owned(),
        object: "okta_user:00u2bobcrane0000acme".to_owned(),
        risk: Risk::Elevated,
        approval: Some(Approval { id: ApprovalId::from_random([2; 26]), digest: String::new(), given: vec![given] }),
        verdict: Verdict::Allowed,
        ending: None,
    };
    let ring =
        Ring { sub: "ada".to_owned(), shown: ("Delete user".to_owned(), BOB.to_owned()), answered: Some(Said::Yes) };
    let done = |what| Done { what, whom: BOB.to_owned() };
    let page = Page {
        mark: "mark-00001".to_owned(),
        who: "ada".to_owned(),
        events: vec![Event::TurnEnded { said: 1, why: TurnEnd::Done }],
    };
    Record {
        effects: vec![done(What::Deactivate), done(What::Delete)],
        entries: vec![entry],
        rings: vec![ring],
        prompts: vec![BTreeSet::from(["mark-00001".to_owned(), "ada".to_owned()])],
        pages: vec![page],
        ..Record::default()
    }
}

#[test]
fn a_doctored_record_is_detected() {
    type Doctor = fn(&mut Record);
    let rows: [(&str, Doctor, &str); 13] = [
        ("nothing", |_| {}, ""),
        ("an effect twice", |record| record.effects.extend_from_within(1..), "happened 2 times"),
        ("an effect on another", |record| record.effects[0].whom = "eve".to_owned(), "happened 1 times"),
        ("an effect of no tool", |record| record.effects[0].what = What::Other, "with 0 allowed"),
        ("an entry refused", |record| record.entries[0].verdict = Verdict::Refused(String::new()), "with 0 allowed"),
        ("no approval", |record| record.entries[0].approval = None, "without an approval"),
        ("of another", |record| record.entries[0].subject = "bob".to_owned(), "without an approval"),
        ("spent twice", |record| record.entries.extend_from_within(..), "two entries use"),
        ("a denial", |record| record.rings[0].answered = Some(Said::No), "0 times, but"),
        ("something else on the phone", |record| record.rings[0].shown.1 = "eve".to_owned(), "0 times, but"),
        (
            "a permission that was lost",
            |record| {
                record.revoked.insert(("ada".into(), "manage_okta".into(), "okta:users".into()), -9_000);
            },
            "after losing that permission",
        ),
        (
            "two people in one prompt",
            |record| {
                record.prompts[0].insert("bob".to_owned());
            },
            "several conversations or people",
        ),
        (
            "another person's words on the page",
            |record| record.pages[0].events.insert(0, Event::Said { html: "mark-00002".to_owned() }),
            "shows mark-00002",
        ),
    ];
    for (what, doctor, expected) in rows {
        let mut record = good();
        doctor(&mut record);
        let found: Vec<_> = violations(&record).iter().map(ToString::to_string).collect();
        assert_eq!(found.is_empty(), expected.is_empty(), "{what}: {found:?}");
        assert!(found.iter().all(|violation| violation.contains(expected)), "{what}: {found:?}");
    }
}
