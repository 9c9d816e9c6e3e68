//! The question that is put to a person: all that will be done, in full, with nothing hidden in it.

use super::{Refusal, Request};
use crate::approval::{self, ApprovalId, Question, binding_message};
use crate::ports::Millis;
use crate::visible::visible;
use serde_json::Value;

/// Longest line of the details, in characters: what Auth0 takes for one value. What does not fit is not asked.
const LONGEST_DETAIL: usize = 255;

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
    if details.iter().any(|(_, value)| value.chars().count() > LONGEST_DETAIL) {
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
