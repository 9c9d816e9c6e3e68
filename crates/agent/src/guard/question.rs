//! The question shown to a person: the complete action, with nothing hidden.

use super::{Refusal, Request};
use crate::approval::{self, ApprovalId, Question, binding_message, canonical};
use crate::ports::Millis;
use serde_json::Value;
use text::{look_alikes, shown};

/// Longest value of a detail, in characters: Auth0's limit for one value. A longer value is not asked about.
const LONGEST_DETAIL: usize = 255;

/// Most bytes of all details together: Auth0 accepts 5 KB of JSON, of which names and structure need about a fifth.
const LARGEST_DETAILS: usize = 3_600;

/// Most details: Auth0 accepts ten members, and the code and the digest take two.
const MOST_DETAILS: usize = 8;

/// Period after the approval in which the action may start, in milliseconds: enough for a restart to continue the turn.
pub(super) const WINDOW: Millis = 60_000;

/// Builds the question about `request`, which can be answered for `patience` milliseconds.
pub(super) fn of(request: &Request, id: ApprovalId, now: Millis, patience: Millis) -> Result<Question, Refusal> {
    // Approvers count in whole seconds.
    let until = (now + patience) / 1000 * 1000;
    let digest =
        approval::digest(&request.subject(&request.definition, &id, until, WINDOW)).map_err(|_| unshowable())?;
    let details = details(request)?;
    if !fits(&details) {
        return Err(unshowable());
    }
    let Request { call, intent, .. } = request;
    let (relation, object) = request.access();
    Ok(Question {
        binding_message: binding_message(intent.verb, &intent.target, &id.code()),
        tool: call.tool.clone(),
        summary: shown(&intent.summary),
        effect: intent.effect.clone(),
        details,
        relation: relation.to_string(),
        object: object.to_string(),
        digest,
        asked: now,
        until,
        window: WINDOW,
        discloses: request.discloses.clone(),
        id,
    })
}

/// Everything that the action does, as name and value, and warnings about parts that deserve attention.
fn details(request: &Request) -> Result<Vec<(String, String)>, Refusal> {
    let Request { call, intent, unsaid, discloses, .. } = request;
    let found = || request.target.iter().flat_map(|target| &target.details);
    let mut details = vec![("Action", shown(intent.verb)), ("Target", shown(&intent.target))];
    details.extend(found().map(|(name, value)| (*name, shown(value))));
    details.extend([
        ("In full", shown(&intent.summary)),
        ("Tool", call.tool.to_string()),
        ("Arguments", shown(&canonical(&call.input).map_err(|_| unshowable())?)),
    ]);
    details.extend(unsaid.as_deref().map(|unsaid| ("Not your words", shown(unsaid))));
    let found = found().map(|(_, value)| value.as_str());
    details
        .extend(alike(&call.input, found.chain([intent.target.as_str()])).map(|alike| ("Look-alike letters", alike)));
    details.extend(discloses.as_deref().map(|to| ("Data goes out", disclosure(to))));
    Ok(details.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}

fn disclosure(to: &str) -> String {
    format!(
        "{to} would receive text that you did not write and that other tools may have returned. Your approval counts \
         for this conversation."
    )
}

/// The words in the arguments and in `others` that contain look-alike letters and can be misread.
fn alike<'a>(input: &'a Value, others: impl Iterator<Item = &'a str>) -> Option<String> {
    let mut texts = Vec::new();
    collect(input, &mut texts);
    let mut words: Vec<String> = Vec::new();
    for word in texts.into_iter().chain(others).flat_map(look_alikes).map(|word| shown(&word.to_string())) {
        if !words.contains(&word) {
            words.push(word);
        }
    }
    (!words.is_empty()).then(|| words.join("; "))
}

/// Collects every text and member name in a value.
fn collect<'a>(value: &'a Value, texts: &mut Vec<&'a str>) {
    match value {
        Value::String(text) => texts.push(text),
        Value::Array(items) => items.iter().for_each(|item| collect(item, texts)),
        Value::Object(members) => members.iter().for_each(|(name, item)| {
            texts.push(name);
            collect(item, texts);
        }),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Returns whether a phone shows the details in full: each value by itself, and all of them together in encoded form.
fn fits(details: &[(String, String)]) -> bool {
    let bytes = |value: &str| value.bytes().map(|byte| if matches!(byte, b'"' | b'\\') { 2 } else { 1 }).sum::<usize>();
    let all: usize = details.iter().map(|(_, value)| bytes(value)).sum();
    details.len() <= MOST_DETAILS
        && all <= LARGEST_DETAILS
        && details.iter().all(|(_, value)| value.chars().count() <= LONGEST_DETAIL)
}

/// The key of the action that the request asks for, independent of when and where it is asked. All questions about
/// disclosing data from one conversation to one recipient share a key.
pub(super) fn same(request: &Request) -> String {
    if let Some(to) = &request.discloses {
        return format!("disclose {to} {}", request.conversation);
    }
    let arguments = canonical(&request.call.input).unwrap_or_default();
    format!("{} {} {arguments}", request.call.tool, request.access().1)
}

fn unshowable() -> Refusal {
    Refusal::BadInput {
        reason: "The action is too long to show in full on the phone, so it cannot be approved.".to_owned(),
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
            (details(9, "a", 1), false),
        ] {
            assert_eq!(fits(&details), expected, "{} of {}", details.len(), details[0].1.len());
        }
    }
}
