//! A recorded decision as the activity pages show it. Texts of a model or a service have their invisible characters made
//! visible.

use crate::time_text::rfc3339;
use crate::zone::Zone;
use agent::approval::{Channel, Standing};
use agent::ports::{Approval, GivenApproval, Millis, Outcome, PastEntry, PolicyEffect, Ruling, Verdict, Way};
use app::pages::activity::{Entry, Moment, Tone, Value};
use text::visible;

/// The reader of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reader {
    /// The person on whose behalf the action was.
    Owner,
    /// Somebody else, who cannot open the conversation.
    Auditor,
}

/// Converts an entry.
pub(super) fn entry(past: &PastEntry, tenant: &str, reader: Reader, zone: &Zone) -> Entry {
    let allowed = past.verdict == Verdict::Allowed;
    let receipt = past.approval.as_ref().filter(|approval| allowed && !approval.given.is_empty());
    let conversation = past.place.as_ref().filter(|_| reader == Reader::Owner);
    let (tone, result) = result(past);
    Entry {
        day: zone.date_text(past.at),
        at: moment(past.at, zone),
        action: visible(&past.intent),
        person: visible(past.name.as_deref().unwrap_or(&past.subject)),
        email: past.email.as_deref().map(visible),
        href: ledger::short(tenant, &past.id).map(|id| format!("/activity/{id}")),
        tone,
        result,
        decided: decided(past),
        facts: facts(past, reader, zone),
        receipt: receipt.map(|approval| format!("/activity/receipt/{}", approval.id)),
        conversation: conversation.map(|place| format!("/c/{}", place.conversation)),
    }
}

fn moment(at: Millis, zone: &Zone) -> Moment {
    Moment { utc: rfc3339(at), clock: zone.clock(at), full: zone.full(at) }
}

/// Returns the result in a word. Alarm is for a missing permission and a failure alone.
fn result(past: &PastEntry) -> (Tone, &'static str) {
    match (&past.verdict, &past.ending) {
        (Verdict::Refused(reason), _) => match reason.strip_prefix("not approved: ") {
            Some(reason) if reason.starts_with("denied") || reason.starts_with("declined") => (Tone::Quiet, "Declined"),
            Some("cancelled") => (Tone::Quiet, "Cancelled"),
            Some("expired") => (Tone::Quiet, "Expired"),
            Some(_) => (Tone::Quiet, "Not confirmed"),
            None if reason.starts_with("denied: ") => (Tone::Bad, "Not permitted"),
            None => (Tone::Quiet, "Refused"),
        },
        (Verdict::Allowed, None) => (Tone::Open, "No outcome yet"),
        (Verdict::Allowed, Some(ending)) => match &ending.outcome {
            Outcome::Done => (Tone::Good, "Done"),
            Outcome::NotDone(_) => (Tone::Bad, "Not done"),
            Outcome::Unknown => (Tone::Open, "Outcome unknown"),
        },
    }
}

/// Returns the reason of the decision in a few words.
fn decided(past: &PastEntry) -> String {
    match (&past.verdict, &past.approval) {
        (Verdict::Allowed, Some(approval)) if !approval.given.is_empty() => match standing(approval) {
            Some((code, _, _)) => format!("Standing approval {code}"),
            None => format!("Confirmation {}", approval.id.code()),
        },
        (Verdict::Allowed, _) => "Permission".to_owned(),
        (Verdict::Refused(reason), _) if reason.starts_with("denied: ") => {
            format!("Missing {}", visible(&past.relation))
        }
        (Verdict::Refused(reason), _) => visible(reason),
    }
}

fn facts(past: &PastEntry, reader: Reader, zone: &Zone) -> Vec<(&'static str, Value)> {
    let name = |text: &str| Value::Name(visible(text));
    let mut facts = vec![
        ("When", Value::Time(moment(past.at, zone))),
        (if past.kind.is_person() { "Person" } else { "Agent" }, name(&past.subject)),
    ];
    facts.extend(past.name.as_deref().map(|own| ("Name", Value::Own(visible(own)))));
    facts.extend(past.email.as_deref().map(|own| ("E-mail", Value::Own(visible(own)))));
    facts.extend([("Tool", name(&past.tool.0)), ("Decision", Value::Text(decision(past)))]);
    if !past.relation.is_empty() {
        facts.push(("Permission", name(&format!("{} on {}", past.relation, past.object))));
    }
    if let Some(way) = &past.way {
        facts.push(("Through", name(&through(way))));
        facts.extend(way.agents.iter().map(|agent| ("Agent acting for the person", name(agent))));
    }
    if let Some(policy) = &past.policy {
        facts.extend(policy.enforced.as_ref().map(|ruling| ("Policies", Value::Text(ruled(ruling)))));
        facts.extend(policy.tried.as_ref().map(|ruling| ("Policies on trial", Value::Text(ruled(ruling)))));
    }
    if let Some(approval) = &past.approval {
        facts.push(("Approval", Value::Text(given(approval))));
        facts.extend(approval.given.iter().map(|given| ("Approved", Value::Time(moment(given.at, zone)))));
    }
    facts.push(("Outcome", Value::Text(outcome(past))));
    match (&past.place, reader) {
        (None, _) => facts.push(("Conversation", Value::Text("None: this was done on a page.".to_owned()))),
        (Some(place), Reader::Auditor) => facts.push(("Conversation", name(&place.conversation.to_string()))),
        (Some(_), Reader::Owner) => {}
    }
    facts.push(("Entry", name(&past.id.0)));
    facts
}

/// Returns the door and the client.
fn through(way: &Way) -> String {
    way.client.as_ref().map_or_else(|| way.door.clone(), |client| format!("{} ({client})", way.door))
}

/// Returns a ruling of policies in words.
fn ruled(ruling: &Ruling) -> String {
    match (ruling.effect, ruling.policies.as_slice()) {
        (PolicyEffect::Deny, []) => "Denied: no policy permits it".to_owned(),
        (PolicyEffect::Deny, policies) => format!("Denied by {}", visible(&policies.join(", "))),
        (PolicyEffect::Allow, policies) => format!("Allowed by {}", visible(&policies.join(", "))),
    }
}

fn decision(past: &PastEntry) -> String {
    match &past.verdict {
        Verdict::Allowed => "Allowed by permission".to_owned(),
        Verdict::Refused(reason) => format!("Refused: {}", visible(reason)),
    }
}

fn given(approval: &Approval) -> String {
    if let Some((code, number, uses)) = standing(approval) {
        return format!("Decided by the standing approval {code}, use {number} of {uses}");
    }
    if approval.given.is_empty() {
        return format!("Code {}, requested but not given", approval.id.code());
    }
    let by = |given: &GivenApproval| format!("approved by {} {}", visible(&given.subject), channel(given.channel));
    let all: Vec<String> = approval.given.iter().map(by).collect();
    format!("Code {}, {}", approval.id.code(), all.join(", "))
}

/// Returns the code of the standing approval that decided, the number of its use, and the most uses.
fn standing(approval: &Approval) -> Option<(String, u32, u32)> {
    let Standing { limits, used } = approval.given.iter().find_map(|given| given.standing.as_deref())?;
    Some((limits.id.code(), (*used)?, limits.uses))
}

/// Returns the channel of an approval in words.
const fn channel(channel: Channel) -> &'static str {
    match channel {
        Channel::Ciba => "on the phone",
        Channel::Passkey => "with a passkey",
        Channel::SecondPerson => "as second person",
    }
}

fn outcome(past: &PastEntry) -> String {
    let ending = match (&past.verdict, &past.ending) {
        (Verdict::Refused(_), _) => return "Nothing was done".to_owned(),
        (Verdict::Allowed, None) => return "Not known yet".to_owned(),
        (Verdict::Allowed, Some(ending)) => ending,
    };
    let took = took(ending.took);
    match &ending.outcome {
        Outcome::Done => format!("Done in {took}"),
        Outcome::NotDone(reason) => format!("Not done: {} (after {took})", visible(reason)),
        Outcome::Unknown => "Started, but the outcome is unknown".to_owned(),
    }
}

fn took(millis: Millis) -> String {
    match millis {
        ..1000 => format!("{millis} ms"),
        _ => format!("{}.{} s", millis / 1000, millis % 1000 / 100),
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test")]
mod tests;
