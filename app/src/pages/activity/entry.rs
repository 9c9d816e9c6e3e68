//! The entries as a table, grouped by day. Each row unfolds to all that is recorded.

use super::Whose;
use crate::texts::texts;
use leptos::prelude::*;

/// A recorded decision, ready to be shown: invisible characters are made visible.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The day, in words.
    pub day: String,
    /// The time of the decision.
    pub at: Moment,
    /// The action in plain words.
    pub action: String,
    /// The person on whose behalf it was decided: their name, or their subject if it was not recorded.
    pub person: String,
    /// Their e-mail address.
    pub email: Option<String>,
    /// Address of the entry's own page.
    pub href: Option<String>,
    /// The result, and its word.
    pub tone: Tone,
    /// The word for the result.
    pub result: &'static str,
    /// The reason of the decision, in a few words.
    pub decided: String,
    /// Everything that is recorded, by name.
    pub facts: Vec<(&'static str, Value)>,
    /// Address of the receipt of its approval, if there is one.
    pub receipt: Option<String>,
    /// Address of its conversation, if the reader may open it.
    pub conversation: Option<String>,
}

/// A time for people and for machines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moment {
    /// RFC 3339 in UTC.
    pub utc: String,
    /// The time of day in the reader's zone.
    pub clock: String,
    /// Date and time in the reader's zone.
    pub full: String,
}

/// The result of an entry as a tone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// Done.
    Good,
    /// Not permitted, or failed.
    Bad,
    /// Not known, or not finished.
    Open,
    /// The person decided against it.
    Quiet,
}

impl Tone {
    pub(super) const fn class(self) -> &'static str {
        match self {
            Self::Good => "tag good",
            Self::Bad => "tag bad",
            Self::Open => "tag wait",
            Self::Quiet => "tag mute",
        }
    }
}

/// The value of a recorded fact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// A sentence of ours.
    Text(String),
    /// A text that somebody else chose, such as a name.
    Own(String),
    /// An identifier, set in code type.
    Name(String),
    /// A time.
    Time(Moment),
}

/// Renders the table.
pub(in crate::pages) fn rows(entries: Vec<Entry>, whose: Whose) -> AnyView {
    let t = texts();
    let person = (whose == Whose::Everyones).then(|| view! { <th scope="col">{t.activity_person()}</th> });
    let mut day = String::new();
    let rows = entries.into_iter().map(|entry| {
        let heading = (entry.day != day)
            .then(|| view! { <tr class="day"><th colspan="5" scope="rowgroup">{entry.day.clone()}</th></tr> });
        day.clone_from(&entry.day);
        view! { {heading}{row(entry, whose)} }
    });
    view! {
        <table class="ledger">
            <thead>
                <tr><th scope="col">{t.activity_time()}</th><th scope="col">{t.activity_action()}</th>{person}<th scope="col">{t.activity_result()}</th><th scope="col">{t.activity_decided()}</th></tr>
            </thead>
            <tbody>{rows.collect_view()}</tbody>
        </table>
    }
    .into_any()
}

fn row(entry: Entry, whose: Whose) -> AnyView {
    let t = texts();
    let person = (whose == Whose::Everyones).then(|| {
        let email = entry.email.clone().map(|email| view! { " "<small>{email}</small> });
        view! { <td class="opt">{entry.person.clone()}{email}</td> }
    });
    let receipt = entry.receipt.map(|href| view! { <a class="btn" href=href download="">{t.activity_receipt()}</a> });
    let conversation = entry.conversation.map(|href| view! { <a class="btn" href=href>{t.access_conversation()}</a> });
    let own = entry.href.map(|href| view! { <a class="btn" href=href>{t.activity_open()}</a> });
    view! {
        <tr class="entry">
            <td><time datetime=entry.at.utc>{entry.at.clock}</time></td>
            <td class="w">
                <details>
                    <summary>{t.stored(&entry.action).into_owned()}</summary>
                    {facts(entry.facts)}
                    <p class="row">{own}{conversation}{receipt}</p>
                </details>
            </td>
            {person}
            <td><span class=entry.tone.class()>{t.stored(entry.result).into_owned()}</span></td>
            <td class="opt">{t.stored(&entry.decided).into_owned()}</td>
        </tr>
    }
    .into_any()
}

/// Renders recorded facts.
pub(super) fn facts(facts: Vec<(&'static str, Value)>) -> AnyView {
    let facts = facts
        .into_iter()
        .map(|(name, value)| view! { <dt>{texts().stored(name).into_owned()}</dt><dd>{shown(value)}</dd> });
    view! { <dl class="facts">{facts.collect_view()}</dl> }.into_any()
}

fn shown(value: Value) -> AnyView {
    match value {
        Value::Text(text) => texts().stored(&text).into_owned().into_any(),
        Value::Own(text) => text.into_any(),
        Value::Name(name) => view! { <code>{name}</code> }.into_any(),
        Value::Time(at) => view! { <time datetime=at.utc>{at.full}</time> }.into_any(),
    }
}
