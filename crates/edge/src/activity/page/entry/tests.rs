use super::*;
use agent::approval::ApprovalId;
use agent::ids::ConversationId;
use agent::intent::Risk;
use agent::ports::{Ending, EntryId};
use agent::{CallId, Place, ToolName};

fn entry(text: &str) -> PastEntry {
    let given = GivenApproval {
        channel: Channel::Ciba,
        issuer: text.into(),
        subject: text.into(),
        at: 0,
        evidence: text.into(),
        assertion: None,
    };
    PastEntry {
        id: EntryId(text.into()),
        at: 0,
        issuer: text.into(),
        subject: text.into(),
        place: Some(Place { conversation: ConversationId::from_random([1; 26]), call: CallId(text.into()) }),
        tool: ToolName(text.into()),
        intent: text.into(),
        relation: text.into(),
        object: text.into(),
        risk: Risk::Elevated,
        approval: Some(Approval { id: ApprovalId::from_random([2; 26]), digest: text.into(), given: vec![given] }),
        verdict: Verdict::Allowed,
        ending: Some(Ending { outcome: Outcome::NotDone(text.into()), at: 1, took: 1 }),
    }
}

#[test]
fn every_value_is_escaped() {
    let hostile = "<img src=x onerror=\"alert('1')\">&\u{202e}";
    for verdict in [Verdict::Allowed, Verdict::Refused(hostile.into())] {
        for reader in [Reader::Owner, Reader::Auditor] {
            let html =
                item(&PastEntry { verdict: verdict.clone(), ..entry(hostile) }, reader, Whose::Everybodys).to_html();
            assert!(!html.contains("<img") && !html.contains('\u{202e}'), "{html}");
            assert!(html.contains("&lt;img") && html.contains("⟨U+202E⟩"), "{html}");
        }
    }
}

#[test]
fn each_outcome_has_its_own_text() {
    let ended = |outcome| Some(Ending { outcome, at: 1500, took: 1500 });
    let rows = [
        (Verdict::Refused("denied".into()), None, ["refused", "Refused: ", "Nothing was done"]),
        (Verdict::Allowed, None, ["no outcome yet", "Allowed by permission", "Not known yet"]),
        (Verdict::Allowed, ended(Outcome::Done), ["done", "Code 22-222", "Done in 1.5 s"]),
        (Verdict::Allowed, ended(Outcome::NotDone("gone".into())), ["not done", "approved by", "Not done: gone"]),
        (
            Verdict::Allowed,
            ended(Outcome::Unknown),
            ["outcome unknown", "Download the receipt", "the outcome is unknown"],
        ),
    ];
    for (verdict, ending, words) in rows {
        let html = item(&PastEntry { verdict, ending, ..entry("x") }, Reader::Owner, Whose::Own).to_html();
        for word in words {
            assert!(html.contains(word), "{word}: {html}");
        }
        assert!(!html.contains("<dt>Person"), "{html}");
    }
    let mut unanswered = entry("x");
    unanswered.verdict = Verdict::Refused("not approved: expired".into());
    unanswered.approval.as_mut().unwrap().given.clear();
    let html = item(&unanswered, Reader::Owner, Whose::Own).to_html();
    assert!(html.contains("requested but not given") && !html.contains("receipt"), "{html}");
}
