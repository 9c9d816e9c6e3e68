//! Presets and a person's saved filters, as links and plain forms.

use super::{Activity, Whose};
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
const PRESETS: [(&str, &str); 3] =
    [("Last 30 days", ""), ("Refused only", "decision=refused"), ("Confirmed", "decision=confirmed")];

/// Renders the presets and the filters that the person saved for this page.
pub(super) fn quick(activity: &Activity, whose: Whose) -> AnyView {
    let link = |label: String, query: &str| {
        let here = (query == activity.filter.chosen).then_some("true");
        view! { <a class="btn quiet" href=format!("{}?{query}", whose.path()) aria-current=here>{label}</a> }
    };
    let presets = PRESETS.iter().map(|(label, query)| link((*label).to_owned(), query)).collect_view();
    let saved = activity.saved.iter().map(|own| link(own.name.clone(), &own.query)).collect_view();
    view! {
        <nav class="row" aria-label="Filters">{presets}{saved}</nav>
        {manage(activity, whose)}
    }
    .into_any()
}

fn manage(activity: &Activity, whose: Whose) -> AnyView {
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
                <label>"Name of this filter"<input name="name" required maxlength=LONGEST_NAME.to_string() autocomplete="off"/></label>
                <button class="btn" type="submit">"Save this filter"</button>
            </form>
        }
        .into_any()
    } else {
        view! { <p>{format!("You can save {MOST_SAVED} filters. Remove one to save another.")}</p> }.into_any()
    };
    let remove = activity.saved.iter().map(|own| {
        view! {
            <form method="post" action="/activity/filters/remove">
                {fields(Some(own.name.clone()))}
                <button class="btn quiet" type="submit">{format!("Remove {}", own.name)}</button>
            </form>
        }
    });
    view! {
        <details class="save">
            <summary>"Save or remove filters"</summary>
            {save}
            <div class="row">{remove.collect_view()}</div>
        </details>
    }
    .into_any()
}
