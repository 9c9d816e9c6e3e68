//! The sentences on a call's card. Names of permissions and objects are set in code type.

use super::words::{NAMES, Word, plain, with_names};
use crate::state::{Call, CallState};
use crate::texts::Texts;
use crate::wire::{NotApproved, Refusal};
use std::borrow::Cow;

/// Returns the sentence for the state of `call`, if the state needs one.
pub(super) fn of(call: &Call, t: Texts) -> Option<Vec<Word>> {
    let words = match &call.state {
        CallState::Checking | CallState::AccountRequest(_) | CallState::Asking(_) | CallState::Running => return None,
        CallState::Queued => plain(t.card_queued()),
        CallState::Approved | CallState::Done { .. } => {
            if let Some(own) = call.in_advance {
                return Some(plain(t.card_in_advance(own.number.into(), own.uses.into())));
            }
            return call.code.as_ref().map(|code| plain(t.card_confirmed(code)));
        }
        CallState::Refused(refusal) => refused(refusal, t),
        CallState::Failed { reason } => plain(reason.as_str()),
        CallState::Unknown => plain(t.card_unknown()),
    };
    Some(words)
}

/// Returns the sentence about a refusal, for texts outside of cards.
#[must_use]
pub fn refusal_text(refusal: &Refusal, t: Texts) -> String {
    let text = |word| match word {
        Word::Plain(text) | Word::Name(text) => text,
    };
    refused(refusal, t).into_iter().map(text).collect()
}

fn refused(refusal: &Refusal, t: Texts) -> Vec<Word> {
    match refusal {
        Refusal::Denied { relation, object } => with_names(&t.card_denied(NAMES[0], NAMES[1]), [relation, object]),
        Refusal::NotApproved { why } => plain(t.card_nothing_changed(&not_approved(why, t))),
        Refusal::NoAccount { why } => plain(why.as_str()),
        Refusal::NotNow { service } => plain(t.card_unreachable(service)),
        Refusal::BadInput { reason } => plain(t.card_nothing_done(reason)),
        Refusal::Forbidden => plain(t.card_forbidden()),
        Refusal::OverLimit { limit } => plain(t.card_calls_limit((*limit).into())),
    }
}

fn not_approved(why: &NotApproved, t: Texts) -> Cow<'static, str> {
    Cow::Borrowed(match why {
        NotApproved::Denied => t.unapproved_denied(),
        NotApproved::Expired => t.unapproved_expired(),
        NotApproved::Cancelled => t.unapproved_cancelled(),
        NotApproved::Mismatched => t.unapproved_mismatched(),
        NotApproved::Lost => t.unapproved_lost(),
        NotApproved::NoDevice => t.unapproved_no_device(),
        NotApproved::Declined { by, reason } => return declined(by, reason, t),
        NotApproved::NoPasskey => t.unapproved_no_passkey(),
        NotApproved::NoApprover => t.unapproved_no_approver(),
        NotApproved::NotApprover => t.unapproved_not_approver(),
        NotApproved::Asked => t.unapproved_asked(),
        NotApproved::Busy => t.unapproved_busy(),
        NotApproved::Cooling { .. } => t.unapproved_cooling(),
        NotApproved::DailyLimit { limit } => return t.unapproved_daily((*limit).into()).into(),
        NotApproved::Stale => t.unapproved_stale(),
        NotApproved::Used => t.unapproved_used(),
        NotApproved::Changed => t.unapproved_changed(),
    })
}

fn declined(by: &str, reason: &str, t: Texts) -> Cow<'static, str> {
    match (by, reason) {
        ("", "") => t.unapproved_denied().into(),
        ("", reason) => t.unapproved_declined_reason(reason).into(),
        (by, "") => t.unapproved_declined_by(by).into(),
        (by, reason) => t.unapproved_declined_by_reason(by, reason).into(),
    }
}

/// Returns the request to an administrator that the state offers to copy, if any. `{page}` stands for the address.
pub(super) fn request(call: &Call, asker: &str, t: Texts) -> Option<String> {
    match &call.state {
        CallState::Refused(Refusal::Denied { relation, object }) => {
            Some(t.card_admin_request(asker, relation, object, &call.summary, "{page}"))
        }
        _ => None,
    }
}

/// Returns the label of the button that the state offers, if any, and the message that it posts for the person.
pub(super) fn again(call: &Call, t: Texts) -> Option<(&'static str, String)> {
    match &call.state {
        CallState::Refused(
            Refusal::NotNow { .. }
            | Refusal::NoAccount { .. }
            | Refusal::NotApproved {
                why:
                    NotApproved::Expired
                    | NotApproved::Cancelled
                    | NotApproved::Busy
                    | NotApproved::Lost
                    | NotApproved::Stale
                    | NotApproved::Used
                    | NotApproved::Changed,
            },
        ) => Some((t.card_again(), call.summary.clone())),
        CallState::Unknown if !call.target.is_empty() => Some((t.card_check(), t.card_check_message(&call.target))),
        _ => None,
    }
}
