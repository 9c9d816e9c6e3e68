//! The column of every page, with content and without.

use super::super::nav::{Destination, navigation};
use super::super::rail::{person, talks};
use crate::wire::{Day, Head, Me, Rail, Role, Waiting};
use leptos::prelude::*;

/// Renders the column of a person who has everything, and of one who has nothing yet.
pub(crate) fn columns() -> AnyView {
    let heads = vec![
        head("1", "Reset the password of eve@acme.example", Day::Today),
        head("2", "Okta groups", Day::Today),
        head("3", "המשימות שלי", Day::Yesterday),
        head("4", &"A title that is too long ".repeat(4), Day::Week),
        head("5", "Vacation", Day::Older),
    ];
    let waiting = vec![Waiting { conversation: "1".to_owned(), summary: "Reset the password".to_owned() }];
    let mut full = rail(heads, waiting);
    (full.older, full.roles) = (Some("place".to_owned()), vec![Role::Auditor, Role::Operator]);
    view! { {column(&full, Some("2"))}{column(&rail(Vec::new(), Vec::new()), None)} }.into_any()
}

/// The parts of the column below its search: that form is a landmark, and a page has each landmark once.
fn column(rail: &Rail, here: Option<&str>) -> AnyView {
    view! {
        <div class="rail sample">
            <div class="scroll">{talks(rail, here)}</div>
            <div class="foot">{navigation(rail, Destination::Inbox)}{person(&rail.me)}</div>
        </div>
    }
    .into_any()
}

/// Returns a conversation that was used on a day at 13:05.
pub(crate) fn head(id: &str, title: &str, day: Day) -> Head {
    let (utc, clock) = ("2026-11-28T13:05:00Z".to_owned(), "13:05".to_owned());
    Head { id: id.to_owned(), title: title.to_owned(), day, utc, clock }
}

/// Returns the data of a made-up person.
pub(crate) fn rail(heads: Vec<Head>, waiting: Vec<Waiting>) -> Rail {
    let greeting = "How can I help, Ada?".to_owned();
    let me = Me { name: "Ada Byron".to_owned(), greeting, email: Some("ada@acme.example".to_owned()) };
    let count = u32::try_from(waiting.len()).unwrap_or(u32::MAX);
    Rail { owner: String::new(), me, heads, listed_after: None, older: None, waiting, count, roles: Vec::new(), now: 0 }
}
