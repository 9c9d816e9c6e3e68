//! Renders one entry of a page. Texts of a model or a service are shown with their invisible characters made visible.

use super::Whose;
use crate::time_text::time;
use agent::Place;
use agent::approval::Channel;
use agent::ports::{Approval, GivenApproval, Millis, Outcome, PastEntry, Verdict};
use leptos::prelude::*;
use text::visible;

/// The reader of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reader {
    /// The person on whose behalf the action was.
    Owner,
    /// Somebody else, who cannot open the conversation.
    Auditor,
}

/// Renders the entry as an item of the list.
pub(super) fn item(entry: &PastEntry, reader: Reader, whose: Whose) -> AnyView {
    let (state, said) = state(entry);
    let person = (whose == Whose::Everybodys).then(|| view! { <dt>"Person"</dt><dd>{name(&entry.subject)}</dd> });
    let allowed = entry.verdict == Verdict::Allowed;
    let approval = entry.approval.as_ref().map(|approval| {
        let receipt = (allowed && !approval.given.is_empty()).then(|| receipt(approval));
        view! { <dt>"Approval"</dt><dd>{given(approval)}{receipt}</dd> }
    });
    view! {
        <li class="call" data-state=state>
            <h2 class="what">{visible(&entry.intent)}</h2>
            <p class="state">{said}</p>
            <dl class="facts">
                <dt>"When"</dt><dd>{time(entry.at)}</dd>
                {person}
                <dt>"Tool"</dt><dd>{name(&entry.tool.0)}</dd>
                <dt>"Decision"</dt><dd>{decision(entry)}</dd>
                {approval}
                <dt>"Outcome"</dt><dd>{outcome(entry)}</dd>
                <dt>"Conversation"</dt><dd>{conversation(entry.place.as_ref(), reader)}</dd>
            </dl>
        </li>
    }
    .into_any()
}

/// Returns the state of the card, and its name.
const fn state(entry: &PastEntry) -> (&'static str, &'static str) {
    match (&entry.verdict, &entry.ending) {
        (Verdict::Refused(_), _) => ("refused", "refused"),
        (Verdict::Allowed, None) => ("running", "no outcome yet"),
        (Verdict::Allowed, Some(ending)) => match &ending.outcome {
            Outcome::Done => ("done", "done"),
            Outcome::NotDone(_) => ("refused", "not done"),
            Outcome::Unknown => ("unknown", "outcome unknown"),
        },
    }
}

/// Renders the decision and its reason.
fn decision(entry: &PastEntry) -> AnyView {
    let asked = (!entry.relation.is_empty()).then(|| {
        let (relation, object) = (name(&entry.relation), name(&entry.object));
        view! { " ("{relation}" on "{object}")" }
    });
    match &entry.verdict {
        Verdict::Allowed => view! { "Allowed by permission"{asked} }.into_any(),
        Verdict::Refused(reason) => view! { {format!("Refused: {}", visible(reason))}{asked} }.into_any(),
    }
}

fn given(approval: &Approval) -> AnyView {
    let code = format!("Code {}, ", approval.id.code());
    if approval.given.is_empty() {
        return view! { {code}"requested but not given" }.into_any();
    }
    let by = |given: &GivenApproval| {
        view! { "approved "{by(given.channel)}" by "{name(&given.subject)}", "{time(given.at)}" " }
    };
    view! { {code}{approval.given.iter().map(by).collect_view()} }.into_any()
}

/// The channel of an approval in words.
const fn by(channel: Channel) -> &'static str {
    match channel {
        Channel::Ciba => "on the phone",
        Channel::Passkey => "with a passkey",
        Channel::SecondPerson => "as second person",
    }
}

fn receipt(approval: &Approval) -> AnyView {
    let href = format!("/activity/receipt/{}", approval.id);
    view! { <br/><a href=href download="">"Download the receipt"</a> }.into_any()
}

fn outcome(entry: &PastEntry) -> AnyView {
    let text = match (&entry.verdict, &entry.ending) {
        (Verdict::Refused(_), _) => "Nothing was done".to_owned(),
        (Verdict::Allowed, None) => "Not known yet".to_owned(),
        (Verdict::Allowed, Some(ending)) => {
            let took = took(ending.took);
            match &ending.outcome {
                Outcome::Done => format!("Done in {took}"),
                Outcome::NotDone(reason) => format!("Not done: {} (after {took})", visible(reason)),
                Outcome::Unknown => "Started, but the outcome is unknown".to_owned(),
            }
        }
    };
    text.into_any()
}

fn conversation(place: Option<&Place>, reader: Reader) -> AnyView {
    let Some(place) = place else { return "none; this was done on a page".into_any() };
    let id = place.conversation.to_string();
    match reader {
        Reader::Owner => view! { <a href=format!("/c/{id}")>"Open the conversation"</a> }.into_any(),
        Reader::Auditor => name(&id),
    }
}

fn name(text: &str) -> AnyView {
    view! { <code>{visible(text)}</code> }.into_any()
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
