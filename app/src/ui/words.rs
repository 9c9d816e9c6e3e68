//! The sentences on a call's card. Names of permissions and objects are set in code type.

use super::at_once::AtOnce;
use crate::state::{Call, CallState};
use crate::wire::{NotApproved, Refusal};
use leptos::prelude::*;

/// A part of a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Word {
    /// Text.
    Plain(String),
    /// A name, set in code type.
    Name(String),
}

/// Renders a sentence, with its names in code type.
pub(super) fn said(words: Vec<Word>) -> AnyView {
    words
        .into_iter()
        .map(|word| match word {
            Word::Plain(text) => view! { <span>{text}</span> }.at_once(),
            Word::Name(text) => view! { <code>{text}</code> }.at_once(),
        })
        .collect_view()
        .at_once()
}

/// Returns the sentence for the state of `call`, if the state needs one.
pub(super) fn of(call: &Call) -> Option<Vec<Word>> {
    let words = match &call.state {
        CallState::Checking | CallState::Wanting(_) | CallState::Asking(_) | CallState::Running => return None,
        CallState::Queued => plain("You have another question open. This one follows when that is answered."),
        CallState::Approved | CallState::Done { .. } => {
            return call.code.as_ref().map(|code| plain(&format!("You approved this on your phone, code {code}.")));
        }
        CallState::Refused(refusal) => refused(refusal),
        CallState::Failed { reason } => plain(reason),
        CallState::Unknown => plain("This was begun, and its end was not seen. It will not be repeated by itself."),
    };
    Some(words)
}

fn refused(refusal: &Refusal) -> Vec<Word> {
    match refusal {
        Refusal::Denied { relation, object } => vec![
            Word::Plain("You lack ".to_owned()),
            Word::Name(relation.clone()),
            Word::Plain(" on ".to_owned()),
            Word::Name(object.clone()),
            Word::Plain(
                ". Nothing was done. Who manages permissions in your company can grant it. Then ask again; it counts at once."
                    .to_owned(),
            ),
        ],
        Refusal::NotApproved { why } => plain(&format!("{} Nothing was done.", not_approved(why))),
        Refusal::NoAccount { why } => plain(why),
        Refusal::NotNow { service } => {
            plain(&format!("We could not reach {service}, so nothing was done. Ask again in a moment."))
        }
        Refusal::BadInput { reason } => plain(&format!("{reason} Nothing was done.")),
        Refusal::OverLimit { limit } => plain(&format!("One answer may make at most {limit} calls. Nothing was done.")),
    }
}

fn not_approved(why: &NotApproved) -> String {
    match why {
        NotApproved::Denied => "You said no.".to_owned(),
        NotApproved::Expired => "Nobody answered on your phone in time.".to_owned(),
        NotApproved::Cancelled => "You took the question back.".to_owned(),
        NotApproved::Mismatched => {
            "An approval came that is not for this. It was refused, and your administrator can find it in the ledger."
                .to_owned()
        }
        NotApproved::Lost => "The server stopped before it could keep your answer.".to_owned(),
        NotApproved::NoDevice => {
            "This needs your approval on your phone, and none is enrolled for you. Who runs sign-in in your company can \
             help."
                .to_owned()
        }
        NotApproved::Asked => "You are being asked about just this already, in another conversation.".to_owned(),
        NotApproved::Busy => "Another question of yours stayed open for too long.".to_owned(),
        NotApproved::Cooling { .. } => {
            "You denied or took back a question a short while ago, so your phone is left in peace for a while.".to_owned()
        }
        NotApproved::DailyLimit { limit } => format!("You were asked {limit} times today, which is the most."),
        NotApproved::Stale => "Your approval is too old to be acted on. Ask again to approve it anew.".to_owned(),
        NotApproved::Used => "The server stopped after your yes and before the deed, and a yes counts once.".to_owned(),
        NotApproved::Changed => "What would be done has changed since you were asked.".to_owned(),
    }
}

/// Returns the label of the button that the state offers, if any, and the message that it posts for the person.
pub(super) fn again(call: &Call) -> Option<(&'static str, String)> {
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
        ) => Some(("Ask again", call.summary.clone())),
        CallState::Unknown if !call.target.is_empty() => {
            Some(("Check now", format!("Look up the status of {}.", call.target)))
        }
        _ => None,
    }
}

fn plain(text: &str) -> Vec<Word> {
    vec![Word::Plain(text.to_owned())]
}
