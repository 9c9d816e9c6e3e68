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
        CallState::Checking | CallState::AccountRequest(_) | CallState::Asking(_) | CallState::Running => return None,
        CallState::Queued => plain("Another request is on your phone. This one follows when you have answered it."),
        CallState::Approved | CallState::Done { .. } => {
            return call.code.as_ref().map(|code| plain(&format!("This was confirmed, code {code}.")));
        }
        CallState::Refused(refusal) => refused(refusal),
        CallState::Failed { reason } => plain(reason),
        CallState::Unknown => {
            plain("This was started, but we couldn't see whether it finished. It won't be repeated automatically.")
        }
    };
    Some(words)
}

fn refused(refusal: &Refusal) -> Vec<Word> {
    match refusal {
        Refusal::Denied { relation, object } => vec![
            Word::Plain("You don't have permission for this: it needs ".to_owned()),
            Word::Name(relation.clone()),
            Word::Plain(" on ".to_owned()),
            Word::Name(object.clone()),
            Word::Plain(". Nothing was changed. Once an administrator grants it, it works right away.".to_owned()),
        ],
        Refusal::NotApproved { why } => plain(&format!("{} Nothing was changed.", not_approved(why))),
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
        NotApproved::Denied => "You declined this.".to_owned(),
        NotApproved::Expired => "Nobody confirmed this in time.".to_owned(),
        NotApproved::Cancelled => "You cancelled this. If your phone still asks, you can ignore it.".to_owned(),
        NotApproved::Mismatched => {
            "An approval that does not fit this request arrived and was refused. Your administrator can find it in the ledger."
                .to_owned()
        }
        NotApproved::Lost => "The server stopped before it could store your answer.".to_owned(),
        NotApproved::NoDevice => {
            "This needs a phone that you can approve with, and you have none set up. Your IT team can help.".to_owned()
        }
        NotApproved::Declined { by, reason } => {
            let who = if by.is_empty() { "You" } else { by };
            match reason.as_str() {
                "" => format!("{who} declined this."),
                reason => format!("{who} declined this. The reason: {reason}"),
            }
        }
        NotApproved::NoPasskey => {
            "This needs your passkey, and you have none. Set one up on the page Passkeys, then ask again.".to_owned()
        }
        NotApproved::NoApprover => {
            "This needs the approval of a second person, and nobody else may approve it. Your administrator can help."
                .to_owned()
        }
        NotApproved::NotApprover => {
            "The second person who approved this is no longer allowed to do so.".to_owned()
        }
        NotApproved::Asked => "You are already being asked about exactly this in another conversation.".to_owned(),
        NotApproved::Busy => "Another request of yours stayed open for too long.".to_owned(),
        NotApproved::Cooling { .. } => {
            "A request was just declined or cancelled, so nobody is asked again for a while. Try again in a few minutes."
                .to_owned()
        }
        NotApproved::DailyLimit { limit } => format!("You were asked {limit} times today, which is the daily limit."),
        NotApproved::Stale => "Your approval is too old to be used. Ask again for a new one.".to_owned(),
        NotApproved::Used => {
            "The server stopped between your approval and the action, and an approval counts only once.".to_owned()
        }
        NotApproved::Changed => "The details of this request have changed since you were asked.".to_owned(),
    }
}

/// Returns the request to an administrator that the state offers to copy, if any. `{page}` stands for the address.
pub(super) fn request(call: &Call, asker: &str) -> Option<String> {
    match &call.state {
        CallState::Refused(Refusal::Denied { relation, object }) => Some(format!(
            "Please give {asker} the permission {relation} on {object} in Countersign. It is needed to: {}. {{page}}",
            call.summary
        )),
        _ => None,
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
