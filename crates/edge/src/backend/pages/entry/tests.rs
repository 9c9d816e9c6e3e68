use super::*;
use agent::approval::ApprovalId;
use agent::ids::ConversationId;
use agent::intent::Risk;
use agent::ports::{Ending, EntryId};
use agent::{CallId, Place, ToolName};

fn past(text: &str) -> PastEntry {
    let given = GivenApproval {
        channel: Channel::Ciba,
        issuer: text.into(),
        subject: text.into(),
        at: 0,
        evidence: text.into(),
        assertion: None,
        standing: None,
    };
    PastEntry {
        id: EntryId(text.into()),
        at: 0,
        kind: agent::actor::ActorKind::Person,
        issuer: text.into(),
        subject: text.into(),
        name: Some(text.into()),
        email: Some(text.into()),
        place: Some(Place { conversation: ConversationId::from_random([1; 26]), call: CallId(text.into()) }),
        tool: ToolName(text.into()),
        intent: text.into(),
        relation: text.into(),
        object: text.into(),
        risk: Risk::Elevated,
        approval: Some(Approval { id: ApprovalId::from_random([2; 26]), digest: text.into(), given: vec![given] }),
        policy: None,
        way: None,
        verdict: Verdict::Allowed,
        ending: Some(Ending { outcome: Outcome::NotDone(text.into()), at: 1, took: 1 }),
    }
}

/// Returns every text of an entry.
fn texts(entry: &Entry) -> String {
    let Entry { action, person, email, decided, facts, .. } = entry;
    let facts = facts.iter().map(|(name, value)| match value {
        Value::Text(text) | Value::Own(text) | Value::Name(text) => format!("{name}: {text}"),
        Value::Time(at) => format!("{name}: {}", at.full),
    });
    [action.clone(), person.clone(), email.clone().unwrap_or_default(), decided.clone()]
        .into_iter()
        .chain(facts)
        .collect::<Vec<_>>()
        .join("\n")
}

#[test]
fn invisible_characters_of_every_value_are_shown() {
    let hostile = "a\u{202e}b";
    for verdict in [Verdict::Allowed, Verdict::Refused(hostile.into())] {
        for reader in [Reader::Owner, Reader::Auditor] {
            let shown =
                texts(&entry(&PastEntry { verdict: verdict.clone(), ..past(hostile) }, "acme", reader, &Zone::UTC));
            assert!(!shown.contains('\u{202e}') && shown.contains("⟨U+202E⟩"), "{shown}");
        }
    }
}

#[test]
fn each_outcome_has_its_own_words_and_alarm_is_for_missing_permissions_and_failures() {
    let ended = |outcome| Some(Ending { outcome, at: 1500, took: 1500 });
    let refused = |reason: &str| Verdict::Refused(reason.to_owned());
    let rows = [
        (refused("denied: a on b is missing"), None, Tone::Bad, "Not permitted", "Missing x", "Nothing was done"),
        (refused("not approved: denied"), None, Tone::Quiet, "Declined", "not approved", "Nothing was done"),
        (refused("not approved: cancelled"), None, Tone::Quiet, "Cancelled", "not approved", "Nothing was done"),
        (refused("not approved: expired"), None, Tone::Quiet, "Expired", "not approved", "Nothing was done"),
        (refused("not approved: no device"), None, Tone::Quiet, "Not confirmed", "no device", "Nothing was done"),
        (refused("not now: Okta is not available"), None, Tone::Quiet, "Refused", "not now", "Nothing was done"),
        (Verdict::Allowed, None, Tone::Open, "No outcome yet", "Confirmation 22-222", "Not known yet"),
        (Verdict::Allowed, ended(Outcome::Done), Tone::Good, "Done", "22-222", "Done in 1.5 s"),
        (Verdict::Allowed, ended(Outcome::NotDone("gone".into())), Tone::Bad, "Not done", "22-222", "Not done: gone"),
        (Verdict::Allowed, ended(Outcome::Unknown), Tone::Open, "Outcome unknown", "22-222", "the outcome is unknown"),
    ];
    for (verdict, ending, tone, result, decided, words) in rows {
        let shown = entry(&PastEntry { verdict, ending, ..past("x") }, "acme", Reader::Owner, &Zone::UTC);
        assert_eq!((shown.tone, shown.result), (tone, result));
        assert!(shown.decided.contains(decided), "{shown:?}");
        assert!(texts(&shown).contains(words), "{shown:?}");
    }
}

#[test]
fn only_a_given_approval_has_a_receipt_and_only_the_owner_a_link_to_the_conversation() {
    let owner = entry(&past("x"), "acme", Reader::Owner, &Zone::UTC);
    assert!(owner.receipt.is_some() && owner.conversation.is_some());
    assert!(entry(&past("x"), "acme", Reader::Auditor, &Zone::UTC).conversation.is_none());
    let mut unanswered = past("x");
    unanswered.verdict = Verdict::Refused("not approved: expired".into());
    unanswered.approval.as_mut().unwrap().given.clear();
    let shown = entry(&unanswered, "acme", Reader::Owner, &Zone::UTC);
    assert!(shown.receipt.is_none() && texts(&shown).contains("requested but not given"), "{shown:?}");
}

#[test]
fn a_use_of_a_standing_approval_says_so() {
    let mut used = past("x");
    let limits = agent::fakes::limits(10, 5);
    let code = limits.id.code();
    let standing = |used| Some(Box::new(Standing { limits: limits.clone(), used }));
    let approval = used.approval.as_mut().unwrap();
    approval.given[0].standing = standing(Some(3));
    let shown = entry(&used, "acme", Reader::Owner, &Zone::UTC);
    assert_eq!(shown.decided, format!("Standing approval {code}"));
    let words = format!("Decided by the standing approval {code}, use 3 of 10");
    assert!(texts(&shown).contains(&words), "{shown:?}");
    used.approval.as_mut().unwrap().given[0].standing = standing(None);
    let shown = entry(&used, "acme", Reader::Owner, &Zone::UTC);
    assert!(shown.decided.starts_with("Confirmation"), "the approval with which it was given: {shown:?}");
}
