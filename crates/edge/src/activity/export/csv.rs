//! Entries as CSV (RFC 4180), every field in quotes.

use super::End;
use crate::time_text::rfc3339;
use agent::approval::Channel;
use agent::ports::{GivenApproval, Outcome, PastEntry, Verdict, Way};

/// The columns.
const COLUMNS: [&str; 19] = [
    "entry",
    "at",
    "issuer",
    "subject",
    "name",
    "email",
    "door",
    "acted_by",
    "conversation",
    "call",
    "tool",
    "action",
    "relation",
    "object",
    "policies",
    "decision",
    "reason",
    "approved_by",
    "outcome",
];

/// Returns the first line.
pub(super) fn head() -> String {
    row(COLUMNS.map(str::to_owned))
}

/// Returns an entry as one line.
pub(super) fn line(entry: &PastEntry) -> String {
    let (decision, reason) = match &entry.verdict {
        Verdict::Allowed => ("allowed", String::new()),
        Verdict::Refused(reason) => ("refused", reason.clone()),
    };
    let (outcome, failure) = match entry.ending.as_ref().map(|ending| &ending.outcome) {
        None => ("", String::new()),
        Some(Outcome::Done) => ("done", String::new()),
        Some(Outcome::NotDone(reason)) => ("not_done", reason.clone()),
        Some(Outcome::Unknown) => ("unknown", String::new()),
    };
    let by = |given: &GivenApproval| {
        let standing = given.standing.as_ref().and_then(|own| Some((own.limits.id.code(), own.used?, own.limits.uses)));
        let standing =
            standing.map(|(code, number, uses)| format!(" standing approval {code}, use {number} of {uses}"));
        format!("{} {}{}", channel(given.channel), given.subject, standing.unwrap_or_default())
    };
    let approved = entry.approval.iter().flat_map(|approval| &approval.given).map(by).collect::<Vec<_>>().join("; ");
    let (place, way) = (entry.place.as_ref(), entry.way.as_ref());
    row([
        entry.id.0.clone(),
        rfc3339(entry.at),
        entry.issuer.clone(),
        entry.subject.clone(),
        entry.name.clone().unwrap_or_default(),
        entry.email.clone().unwrap_or_default(),
        way.map(|way| way.door.clone()).unwrap_or_default(),
        way.map(acted_by).unwrap_or_default(),
        place.map(|place| place.conversation.to_string()).unwrap_or_default(),
        place.map(|place| place.call.0.clone()).unwrap_or_default(),
        entry.tool.0.clone(),
        entry.intent.clone(),
        entry.relation.clone(),
        entry.object.clone(),
        policies(entry),
        decision.to_owned(),
        if reason.is_empty() { failure } else { reason },
        approved,
        outcome.to_owned(),
    ])
}

/// The agents from the one that called to the first, or else the client.
fn acted_by(way: &Way) -> String {
    if way.agents.is_empty() { way.client.clone().unwrap_or_default() } else { way.agents.join(" for ") }
}

/// The policies that determined the decision.
fn policies(entry: &PastEntry) -> String {
    let ruling = entry.policy.as_ref().and_then(|policy| policy.enforced.as_ref());
    ruling.map(|ruling| ruling.policies.join("; ")).unwrap_or_default()
}

const fn channel(channel: Channel) -> &'static str {
    match channel {
        Channel::Ciba => "ciba",
        Channel::Passkey => "passkey",
        Channel::SecondPerson => "second_person",
    }
}

/// Returns the last line: `end` in the first column, then its state and the number of entries.
pub(super) fn end(end: End, written: usize) -> String {
    let mut fields = [const { String::new() }; COLUMNS.len()];
    fields[0] = "end".to_owned();
    fields[1] = end.text().to_owned();
    fields[2] = format!("{written} entries");
    row(fields)
}

fn row(fields: [String; COLUMNS.len()]) -> String {
    format!("{}\r\n", fields.map(|field| quoted(&field)).join(","))
}

/// Quotes a field. A spreadsheet would run a text that begins like a formula, so such a text gets an apostrophe (OWASP,
/// CSV Injection).
fn quoted(field: &str) -> String {
    let formula = field.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']);
    format!("\"{}{}\"", if formula { "'" } else { "" }, field.replace('"', "\"\""))
}
