//! Presets and a person's saved filters, as links and plain forms.

use super::{Activity, Whose};
use crate::texts::{Texts, texts};
use leptos::prelude::*;

/// Most saved filters of a person.
pub const MOST_SAVED: usize = 10;

/// Longest name of a saved filter, in characters.
pub const LONGEST_NAME: usize = 40;

/// A saved filter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedFilter {
    /// The name that the person gave it.
    pub name: String,
    /// Its query string.
    pub query: String,
}

/// The presets: label and query string.
/// A preset: its label and its query.
type Preset = (fn(Texts) -> &'static str, &'static str);

const PRESETS: [Preset; 3] = [
    (Texts::activity_month, ""),
    (Texts::activity_refused_only, "decision=refused"),
    (Texts::activity_confirmed, "decision=confirmed"),
];

/// Renders the presets and the filters that the person saved for this page.
pub(super) fn quick(activity: &Activity, whose: Whose) -> AnyView {
    let t = texts();
    let link = |label: String, query: &str| {
        let here = (query == activity.filter.chosen).then_some("true");
        view! { <a class="btn quiet" href=format!("{}?{query}", whose.path()) aria-current=here>{label}</a> }
    };
    let presets = PRESETS.iter().map(|(label, query)| link(label(t).to_owned(), query)).collect_view();
    let saved = activity.saved.iter().map(|own| link(own.name.clone(), &own.query)).collect_view();
    view! {
        <nav class="row" aria-label=t.activity_filters()>{presets}{saved}</nav>
        {manage(activity, whose)}
    }
    .into_any()
}

fn manage(activity: &Activity, whose: Whose) -> AnyView {
    let t = texts();
    let fields = |name: Option<String>| {
        view! {
            <input type="hidden" name="whose" value=whose.name()/>
            {name.map(|name| view! { <input type="hidden" name="name" value=name/> })}
        }
    };
    let save = if activity.saved.len() < MOST_SAVED {
        view! {
            <form class="filter" method="post" action="/activity/filters/save">
                {fields(None)}
                <input type="hidden" name="query" value=activity.filter.chosen.clone()/>
                <label>{t.activity_filter_name()}<input name="name" required maxlength=LONGEST_NAME.to_string() autocomplete="off"/></label>
                <button class="btn" type="submit">{t.activity_filter_save()}</button>
            </form>
        }
        .into_any()
    } else {
        view! { <p>{t.activity_filter_full(MOST_SAVED as u64)}</p> }.into_any()
    };
    let remove = activity.saved.iter().map(|own| {
        view! {
            <form method="post" action="/activity/filters/remove">
                {fields(Some(own.name.clone()))}
                <button class="btn quiet" type="submit">{t.remove_named(&own.name)}</button>
            </form>
        }
    });
    view! {
        <details class="save">
            <summary>{t.activity_filter_manage()}</summary>
            {save}
            <div class="row">{remove.collect_view()}</div>
        </details>
    }
    .into_any()
}
