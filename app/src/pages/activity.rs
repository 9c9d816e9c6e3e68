//! The recorded decisions and actions: a person's own, and everybody's for an auditor.

mod entry;

use super::load::{Named, page};
use crate::ui::icons::Icon;
use crate::ui::nav::Destination;
use crate::ui::signs::SHIELD;
use crate::wire::{Rail, Role};
pub(super) use entry::rows;
pub use entry::{Entry, Moment, Tone, Value};
use leptos::prelude::*;

/// The owner of the entries that a page shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    /// The reader's own.
    Own,
    /// Everybody's, for an auditor.
    Everyones,
}

impl Whose {
    const fn path(self) -> &'static str {
        match self {
            Self::Own => "/activity",
            Self::Everyones => "/activity/all",
        }
    }
}

/// The data of the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Activity {
    /// The entries, newest first.
    pub entries: Vec<Entry>,
    /// The query string of the next page, if there are more entries.
    pub older: Option<String>,
    /// The filter of this page.
    pub filter: Filter,
    /// Name of the reader's time zone.
    pub zone: String,
}

/// The filter of a page, as its form shows it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// The subject; empty for everybody.
    pub person: String,
    /// The tool; empty for every tool.
    pub tool: String,
    /// `allowed`, `refused`, or empty.
    pub decision: String,
    /// First day, `2026-01-31`.
    pub from: String,
    /// Last day.
    pub to: String,
    /// This filter as a query string.
    pub query: String,
    /// The subjects that the entries name.
    pub people: Vec<String>,
    /// The tools that the entries name.
    pub tools: Vec<String>,
}

/// The page at `/activity`.
#[component]
pub fn ActivityPage() -> impl IntoView {
    activity(Named(Destination::Activity, "Your activity"), Whose::Own)
}

/// The page at `/activity/all`.
#[component]
pub fn AuditPage() -> impl IntoView {
    activity(Named(Destination::Audit, "Everyone's activity"), Whose::Everyones)
}

fn activity(named: Named, whose: Whose) -> AnyView {
    page(
        named,
        move |backend, query| async move { backend.activity(whose, &query).await },
        move |rail, activity| content(rail, activity, whose),
    )
}

fn content(rail: &Rail, activity: Activity, whose: Whose) -> AnyView {
    let Activity { entries, older, filter, zone } = activity;
    let lead = match whose {
        Whose::Own => "All actions that were done or refused on your behalf, newest first.",
        Whose::Everyones => "All actions that were done or refused in your organization, newest first.",
    };
    let none = entries.is_empty().then(|| view! { <p>{format!("Nothing from {} to {}.", filter.from, filter.to)}</p> });
    let older = older.map(|query| {
        let sentence = format!("There are more than these {}.", entries.len());
        view! { <p class="row">{sentence}<a class="btn" href=format!("{}?{query}", whose.path())>"Older entries"</a></p> }
    });
    view! {
        <p>{lead}</p>
        {tabs(rail, whose)}
        {form(&filter, whose)}
        {none}
        {(!entries.is_empty()).then(|| rows(entries, whose))}
        {older}
        <p class="proof">
            <Icon path=SHIELD/>
            {format!("Every entry is signed and chained to the one before. Times are in this time zone: {zone}.")}
        </p>
    }
    .into_any()
}

/// The switch between the two pages, for an auditor.
fn tabs(rail: &Rail, whose: Whose) -> Option<AnyView> {
    let tab = |own: Whose, label: &'static str| {
        let here = (own == whose).then_some("page");
        view! { <a href=own.path() aria-current=here>{label}</a> }
    };
    rail.roles.contains(&Role::Auditor).then(|| {
        view! {
            <nav class="tabs" aria-label="Activity">{tab(Whose::Own, "Mine")}{tab(Whose::Everyones, "Everyone's")}</nav>
        }
        .into_any()
    })
}

fn form(filter: &Filter, whose: Whose) -> AnyView {
    let option = |value: &'static str, label: &'static str| {
        view! { <option value=value selected=filter.decision == value>{label}</option> }
    };
    let list = |id: &'static str, of: &[String]| {
        let options = of.iter().map(|value| view! { <option value=value.clone()></option> }).collect_view();
        view! { <datalist id=id>{options}</datalist> }
    };
    let narrow = (whose == Whose::Everyones).then(|| {
        view! {
            <label>"Person"<input name="person" value=filter.person.clone() autocomplete="off" list="people"/></label>
            <label>"Tool"<input name="tool" value=filter.tool.clone() autocomplete="off" list="tools"/></label>
            <label>
                "Decision"
                <select name="decision">{option("", "Any")}{option("allowed", "Allowed")}{option("refused", "Refused")}</select>
            </label>
            {list("people", &filter.people)}
            {list("tools", &filter.tools)}
        }
    });
    let export = (whose == Whose::Everyones).then(|| {
        let href = format!("/activity/export?{}", filter.query);
        view! { <a class="btn" href=href download="">"Export as JSON Lines"</a> }
    });
    view! {
        <form class="filter" method="get" action=whose.path()>
            {narrow}
            <label>"From"<input type="date" name="from" value=filter.from.clone()/></label>
            <label>"To"<input type="date" name="to" value=filter.to.clone()/></label>
            <button class="btn" type="submit">"Show"</button>
            {export}
        </form>
    }
    .into_any()
}
