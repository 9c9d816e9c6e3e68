//! The question that is put to a person: all that will be done, in full, with nothing hidden in it.

use super::{Refusal, Request};
use crate::approval::{self, ApprovalId, Question, binding_message};
use crate::ports::Millis;
use crate::visible::visible;
use serde_json::Value;

/// Longest line of the details, in characters: what Auth0 takes for one value. What does not fit is not asked.
const LONGEST_DETAIL: usize = 255;

/// Most bytes of all details: Auth0 takes 5 KB of JSON, of which names and structure need about a fifth.
const LARGEST_DETAILS: usize = 3_600;

/// The question about `request`, which may be answered for `patience` milliseconds.
pub(super) fn of(request: &Request, id: ApprovalId, now: Millis, patience: Millis) -> Result<Question, Refusal> {
    let Request { call, intent, definition, unsaid, .. } = request;
    // Whole seconds: that is what approvers count in.
    let until = (now + patience) / 1000 * 1000;
    let digest = approval::digest(&request.subject(definition, &id, until)).map_err(|_| unshowable())?;
    let mut details =
        vec![("Action".to_owned(), intent.verb.to_owned()), ("Target".to_owned(), visible(&intent.target))];
    let found = request.target.iter().flat_map(|target| &target.details);
    details.extend(found.map(|(name, value)| ((*name).to_owned(), visible(value))));
    details.extend([
        ("In full".to_owned(), visible(&intent.summary)),
        ("Tool".to_owned(), call.tool.to_string()),
        ("Arguments".to_owned(), visible(&canonical(&call.input)?)),
    ]);
    details.extend(unsaid.as_deref().map(|unsaid| ("Not your words".to_owned(), visible(unsaid))));
    if !fits(&details) {
        return Err(unshowable());
    }
    let (relation, object) = request.access();
    Ok(Question {
        binding_message: binding_message(intent.verb, &intent.target, &id.code()),
        tool: call.tool.clone(),
        summary: visible(&intent.summary),
        details,
        relation: relation.to_string(),
        object: object.to_string(),
        digest,
        asked: now,
        until,
        id,
    })
}

/// Returns whether a phone shows the details in full: each value, and all of them together as they are sent.
fn fits(details: &[(String, String)]) -> bool {
    let bytes = |value: &str| value.bytes().map(|byte| if matches!(byte, b'"' | b'\\') { 2 } else { 1 }).sum::<usize>();
    let all: usize = details.iter().map(|(_, value)| bytes(value)).sum();
    all <= LARGEST_DETAILS && details.iter().all(|(_, value)| value.chars().count() <= LONGEST_DETAIL)
}

/// What the request asks for, whenever and wherever it is asked.
pub(super) fn same(request: &Request) -> String {
    let arguments = canonical(&request.call.input).unwrap_or_default();
    format!("{} {} {arguments}", request.call.tool, request.access().1)
}

fn canonical(value: &Value) -> Result<String, Refusal> {
    serde_json_canonicalizer::to_string(value).map_err(|_| unshowable())
}

fn unshowable() -> Refusal {
    Refusal::BadInput {
        reason: "It is too long to be shown in full on the phone, so it cannot be approved.".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn details_fit_one_by_one_and_together() {
        let details = |count: usize, value: &str, times: usize| vec![("Name".to_owned(), value.repeat(times)); count];
        for (details, expected) in [
            (details(8, "a", 255), true),
            (details(1, "a", 256), false),
            (details(8, "\u{4e2d}", 150), true),
            (details(6, "\u{4e2d}", 255), false),
            (details(8, "\"", 226), false),
        ] {
            assert_eq!(fits(&details), expected, "{} of {}", details.len(), details[0].1.len());
        }
    }
}
