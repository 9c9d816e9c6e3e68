//! The sentences for requests that were not made or not answered. They repeat nothing of the request.

use crate::page_error::PageError;
use agent::access::{AccessState, AnswerError, AskError, LONGEST_REASON};
use axum::http::StatusCode;

/// Translates the reason why a request was not made.
pub(super) fn not_asked(error: AskError) -> PageError {
    let (status, sentence) = match error {
        AskError::AlreadyHeld => {
            (StatusCode::CONFLICT, "You already have this access. Send your message again.".to_owned())
        }
        AskError::AlreadyAsked(_) => (
            StatusCode::CONFLICT,
            "You have already asked for this. Your administrators have not answered yet.".to_owned(),
        ),
        AskError::TooMany => (
            StatusCode::TOO_MANY_REQUESTS,
            "You have many open requests. Withdraw one that you no longer need, then ask again.".to_owned(),
        ),
        AskError::NobodyCanGrant => return nothing_to_ask(),
        AskError::ReasonTooLong => return too_long(),
        AskError::Unavailable(error) => return error.into(),
    };
    PageError::plain(status, "Access was not requested", &sentence)
}

impl From<AnswerError> for PageError {
    fn from(error: AnswerError) -> Self {
        not_answered(error)
    }
}

/// Translates the reason why a request was not answered, withdrawn or revoked.
fn not_answered(error: AnswerError) -> PageError {
    let conflict = |sentence: &str| PageError::plain(StatusCode::CONFLICT, "Nothing was changed", sentence);
    match error {
        AnswerError::NotFound => absent(),
        AnswerError::OwnRequest => PageError::plain(
            StatusCode::FORBIDDEN,
            "Nothing was changed",
            "You cannot answer your own request. Another administrator can.",
        ),
        AnswerError::Answered(request) => conflict(match request.state {
            AccessState::Open | AccessState::Granting { .. } => {
                "Another administrator is granting this request right now. Try again in a minute."
            }
            AccessState::Granted { .. } => "This request was granted before, or its time is over.",
            AccessState::Declined { .. } => "Another administrator has declined this request.",
            AccessState::Withdrawn { .. } => "The person has withdrawn this request.",
            AccessState::NotNeeded { .. } => "The person already has this access.",
            AccessState::Revoked { .. } => "This access was revoked before.",
        }),
        AnswerError::AlreadyHeld => conflict("The person already has this access, so nothing was granted."),
        AnswerError::TooLong => conflict("You can grant at most the time that the person asked for."),
        AnswerError::BadReason => PageError::plain(
            StatusCode::UNPROCESSABLE_ENTITY,
            "Nothing was changed",
            &format!("Write a reason of at most {LONGEST_REASON} characters. The person reads it."),
        ),
        AnswerError::Unavailable(error) => error.into(),
    }
}

/// One sentence for an object that does not exist, one that nobody administers, and a relation that cannot be granted.
pub(super) fn nothing_to_ask() -> PageError {
    let sentence = "Nobody can grant this in Countersign. Ask your IT department.";
    PageError::plain(StatusCode::UNPROCESSABLE_ENTITY, "Access was not requested", sentence)
}

/// The sentence for a call that was refused although the permission was granted.
pub(super) fn barred() -> PageError {
    let sentence = "You had this access when the action was refused, so asking for it does not help: another rule of your \
                    company excludes you. Ask an administrator about that rule.";
    PageError::plain(StatusCode::CONFLICT, "Access was not requested", sentence)
}

pub(super) fn too_long() -> PageError {
    let sentence = format!("Your reason is too long. Write at most {LONGEST_REASON} characters.");
    PageError::plain(StatusCode::UNPROCESSABLE_ENTITY, "Access was not requested", &sentence)
}

pub(super) fn bad_duration() -> PageError {
    let sentence = "Choose one hour, eight hours or seven days.";
    PageError::plain(StatusCode::UNPROCESSABLE_ENTITY, "Nothing was changed", sentence)
}

pub(super) fn too_fast() -> PageError {
    let sentence = "You are sending requests very fast. Try again in a moment.";
    PageError::plain(StatusCode::TOO_MANY_REQUESTS, "Access was not requested", sentence)
}

pub(super) fn absent() -> PageError {
    PageError::absent("There is no such request, or you cannot answer it.")
}
