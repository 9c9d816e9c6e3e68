//! Entries as JSON Lines, written by hand.

use super::End;
use crate::time_text::rfc3339;
use agent::intent::Risk;
use agent::ports::{Outcome, PastEntry, Verdict};
use serde_json::{Value, json};

/// Returns an entry as one line.
pub(super) fn line(entry: &PastEntry) -> String {
    format!("{}\n", object(entry))
}

/// Returns the last line.
pub(super) fn end(end: End, written: usize) -> String {
    format!("{}\n", json!({ "end": { "complete": end == End::Complete, "entries": written, "state": end.text() } }))
}

fn object(entry: &PastEntry) -> Value {
    let (decision, reason) = match &entry.verdict {
        Verdict::Allowed => ("allowed", None),
        Verdict::Refused(reason) => ("refused", Some(reason)),
    };
    let approval = entry.approval.as_ref().map(|approval| {
        let given = approval.given.iter().map(|given| {
            let by = json!({ "issuer": given.issuer, "subject": given.subject });
            let standing = given.standing.as_ref().map(|own| {
                let limits = &own.limits;
                json!({ "code": limits.id.code(), "use": own.used, "uses": limits.uses, "until": rfc3339(limits.until) })
            });
            json!({
                "channel": given.channel, "by": by, "at": rfc3339(given.at), "evidence": given.evidence, "standing": standing,
            })
        });
        let given: Vec<Value> = given.collect();
        json!({ "id": approval.id, "code": approval.id.code(), "digest": approval.digest, "given": given })
    });
    let ending = entry.ending.as_ref().map(|ending| {
        let (outcome, reason) = match &ending.outcome {
            Outcome::Done => ("done", None),
            Outcome::NotDone(reason) => ("not_done", Some(reason)),
            Outcome::Unknown => ("unknown", None),
        };
        json!({ "outcome": outcome, "reason": reason, "at": rfc3339(ending.at), "took_ms": ending.took })
    });
    json!({
        "entry": entry.id,
        "at": rfc3339(entry.at),
        "on_behalf_of": { "kind": entry.kind, "issuer": entry.issuer, "subject": entry.subject, "name": entry.name, "email": entry.email },
        "way": entry.way,
        "conversation": entry.place.as_ref().map(|place| &place.conversation),
        "call": entry.place.as_ref().map(|place| &place.call),
        "tool": entry.tool,
        "intent": entry.intent,
        "risk": match entry.risk { Risk::Read => "read", Risk::Elevated => "elevated" },
        "relation": entry.relation,
        "object": entry.object,
        "policy": entry.policy,
        "decision": decision,
        "reason": reason,
        "approval": approval,
        "ending": ending,
    })
}
