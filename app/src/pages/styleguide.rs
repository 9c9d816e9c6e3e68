//! The style guide: every component in every state, with made-up data. Screenshot tests look at it, and so can people.

mod pieces;
mod records;

use super::NotFound;
use super::load::{Named, page};
use crate::ui::nav::Destination;
use crate::ui::samples;
use leptos::prelude::*;

/// The permission to serve the style guide. The server gives it to the requests of a demo and of tests; without it the
/// page does not exist.
#[derive(Debug, Clone, Copy)]
pub struct StyleGuide;

impl StyleGuide {
    /// The address of the page.
    pub const PATH: &'static str = "/styleguide";
}

/// A part of the page: its anchor, its heading, its samples.
type Section = (&'static str, &'static str, fn() -> AnyView);

const SECTIONS: [Section; 18] = [
    ("pieces", "Buttons, tags and forms", pieces::pieces),
    ("messages", "Messages", samples::messages),
    ("answer", "A typeset answer", samples::answer),
    ("calls", "Cards of calls", samples::calls),
    ("refusals", "Cards of refused calls", samples::refusals),
    ("unapproved", "Cards of calls that nobody approved", samples::unapproved),
    ("approvals", "Requests for a confirmation", samples::approvals),
    ("accounts", "Requests for an account", samples::accounts),
    ("remarks", "Remarks", samples::remarks),
    ("lines", "Lines above the composer", samples::lines),
    ("problems", "Problems", samples::problems),
    ("composers", "Composer", samples::composers),
    ("start", "Suggestions", samples::start),
    ("columns", "Column", samples::columns),
    ("answering", "Answering a request", records::answering),
    ("permissions", "Permissions and access", records::permissions),
    ("connections", "Connected accounts", records::connections),
    ("records", "Activity, empty pages and notices", records::records),
];

/// The page at `/styleguide`.
#[component]
pub fn StyleGuidePage() -> impl IntoView {
    match use_context::<StyleGuide>() {
        Some(StyleGuide) => page(Named(Destination::Chat, "Style guide"), |_, _| async { Ok(()) }, |_, ()| content()),
        None => view! { <NotFound/> }.into_any(),
    }
}

fn content() -> AnyView {
    let links = SECTIONS.map(|(id, title, _)| view! { <a href=format!("#{id}")>{title}</a> });
    let sections = SECTIONS.map(|(id, title, samples)| {
        view! { <section class="guide" id=id aria-label=title><h2>{title}</h2>{samples()}</section> }
    });
    view! {
        <p>
            "Every component in every state. The data is made up, and the conversations do not exist, so the buttons change nothing."
        </p>
        <nav class="row" aria-label="Sections">{links.collect_view()}</nav>
        {sections.collect_view()}
    }
    .into_any()
}
