//! The recorded decisions and actions: a person's own, and everybody's for an auditor.

mod chart;
mod entry;
mod one;
mod saved;

use super::load::{Named, page};
use crate::texts::texts;
use crate::ui::icons::Icon;
use crate::ui::nav::Destination;
use crate::ui::signs::SHIELD;
use crate::wire::{Rail, Role};
pub use chart::DayCount;
use chart::chart;
pub(super) use entry::rows;
pub use entry::{Entry, Moment, Tone, Value};
use leptos::prelude::*;
pub use one::{ActivityEntryPage, EntryPage};
use saved::quick;
pub use saved::{LONGEST_NAME, MOST_SAVED, SavedFilter};

/// The owner of the entries that a page shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    /// The reader's own.
    Own,
    /// Everybody's, for an auditor.
    Everyones,
}

impl Whose {
    /// Address of the page.
    #[must_use]
    pub const fn path(self) -> &'static str {
        match self {
            Self::Own => "/activity",
            Self::Everyones => "/activity/all",
        }
    }

    /// The value of forms.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Own => "own",
            Self::Everyones => "everyone",
        }
    }

    /// Returns the owner that a form names.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        [Self::Own, Self::Everyones].into_iter().find(|whose| whose.name() == name)
    }
}

/// The data of the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Activity {
    /// The entries, newest first.
    pub entries: Vec<Entry>,
    /// The query string of the next page, if there are more entries.
    pub older: Option<String>,
    /// The end of the search, if it reached its limit before the first day.
    pub searched: Option<SearchEnd>,
    /// The decisions of each day that was searched, oldest first.
    pub days: Vec<DayCount>,
    /// The filters that the person saved for this page.
    pub saved: Vec<SavedFilter>,
    /// The filter of this page.
    pub filter: Filter,
    /// Name of the reader's time zone.
    pub zone: String,
}

/// The place at which a search ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchEnd {
    /// The time, in words.
    pub to: String,
    /// The query string that continues there.
    pub query: String,
}

/// The filter of a page, as its form shows it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// A subject, or a part of a name or an e-mail address; empty for everybody.
    pub person: String,
    /// The tool; empty for every tool.
    pub tool: String,
    /// `allowed`, `confirmed`, `refused`, or empty.
    pub decision: String,
    /// First day, `2026-01-31`.
    pub from: String,
    /// Last day.
    pub to: String,
    /// This filter as a query string.
    pub query: String,
    /// This filter as a query string without days that the person did not choose.
    pub chosen: String,
    /// The people that the entries name: a value for the form, and their name.
    pub people: Vec<(String, String)>,
    /// The tools that the entries name.
    pub tools: Vec<String>,
}

/// The page at `/activity`.
#[component]
pub fn ActivityPage() -> impl IntoView {
    activity(Named(Destination::Activity, texts().activity_own()), Whose::Own)
}

/// The page at `/activity/all`.
#[component]
pub fn AuditPage() -> impl IntoView {
    activity(Named(Destination::Audit, texts().nav_audit()), Whose::Everyones)
}

fn activity(named: Named, whose: Whose) -> AnyView {
    page(
        named,
        move |backend, query| async move { backend.activity(whose, &query).await },
        move |rail, activity| content(rail, activity, whose),
    )
}

fn content(rail: &Rail, activity: Activity, whose: Whose) -> AnyView {
    let t = texts();
    let quick = quick(&activity, whose);
    let Activity { entries, older, searched, days, filter, zone, .. } = activity;
    let lead = match whose {
        Whose::Own => t.activity_own_lead(),
        Whose::Everyones => t.activity_all_lead(),
    };
    let none = entries.is_empty().then(|| view! { <p>{t.activity_none(&filter.from, &filter.to)}</p> });
    let older = older.map(|query| {
        let sentence = t.activity_more(entries.len() as u64);
        view! { <p class="row">{sentence}<a class="btn" href=format!("{}?{query}", whose.path())>{t.activity_older()}</a></p> }
    });
    let searched = searched.map(|SearchEnd { to, query }| {
        let sentence = t.activity_searched(&to);
        view! { <p class="row">{sentence}<a class="btn" href=format!("{}?{query}", whose.path())>{t.activity_continue()}</a></p> }
    });
    view! {
        <p>{lead}</p>
        {tabs(rail, whose)}
        {quick}
        {form(&filter, whose)}
        {chart(&days)}
        {none}
        {(!entries.is_empty()).then(|| rows(entries, whose))}
        {older}
        {searched}
        <p class="proof">
            <Icon path=SHIELD/>
            {t.activity_proof(&zone)}
        </p>
    }
    .into_any()
}

/// The switch between the two pages, for an auditor.
fn tabs(rail: &Rail, whose: Whose) -> Option<AnyView> {
    let t = texts();
    let tab = |own: Whose, label: &'static str| {
        let here = (own == whose).then_some("page");
        view! { <a href=own.path() aria-current=here>{label}</a> }
    };
    rail.roles.contains(&Role::Auditor).then(|| {
        view! {
            <nav class="tabs" aria-label=t.nav_activity()>{tab(Whose::Own, t.activity_mine())}{tab(Whose::Everyones, t.activity_everyones())}</nav>
        }
        .into_any()
    })
}

fn form(filter: &Filter, whose: Whose) -> AnyView {
    let t = texts();
    let option = |value: &'static str, label: &'static str| {
        view! { <option value=value selected=filter.decision == value>{label}</option> }
    };
    let people =
        filter.people.iter().map(|(value, name)| view! { <option value=value.clone()>{name.clone()}</option> });
    let tools = filter.tools.iter().map(|tool| view! { <option value=tool.clone()></option> });
    let person = (whose == Whose::Everyones).then(|| {
        view! {
            <label>{t.activity_person()}<input name="person" value=filter.person.clone() autocomplete="off" list="people"/></label>
            <datalist id="people">{people.collect_view()}</datalist>
        }
    });
    let export = (whose == Whose::Everyones).then(|| {
        let link = |form: &str, label: &'static str| {
            let href = format!("/activity/export?{}&form={form}", filter.query);
            view! { <a class="btn" href=href download="">{label}</a> }
        };
        view! { {link("csv", t.activity_csv())}{link("json", t.activity_json())} }
    });
    view! {
        <form class="filter" method="get" action=whose.path()>
            {person}
            <label>{t.activity_tool()}<input name="tool" value=filter.tool.clone() autocomplete="off" list="tools"/></label>
            <datalist id="tools">{tools.collect_view()}</datalist>
            <label>
                {t.activity_decision()}
                <select name="decision">
                    {option("", t.activity_any())}
                    {option("allowed", t.activity_allowed())}
                    {option("confirmed", t.activity_confirmed())}
                    {option("refused", t.activity_refused())}
                </select>
            </label>
            <label>{t.activity_from()}<input type="date" name="from" value=filter.from.clone()/></label>
            <label>{t.activity_to()}<input type="date" name="to" value=filter.to.clone()/></label>
            <button class="btn" type="submit">{t.activity_show()}</button>
            {export}
        </form>
    }
    .into_any()
}
