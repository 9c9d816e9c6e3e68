//! The inbox: everything that waits for the person.

use super::load::{Named, page};
use crate::ui::icons::{Icon, PHONE};
use crate::ui::nav::Destination;
use crate::wire::Rail;
use leptos::prelude::*;

/// The page at `/inbox`.
#[component]
pub fn InboxPage() -> impl IntoView {
    page(Named(Destination::Inbox, "Inbox"), |_, _| async { Ok(()) }, |rail, ()| content(rail))
}

fn content(rail: &Rail) -> AnyView {
    let own = rail.waiting.iter().map(|waiting| {
        view! {
            <li class="card" data-state="waiting">
                <h3><Icon path=PHONE/>{waiting.summary.clone()}</h3>
                <p class="row">
                    <small>"Confirm it on your phone, or open the conversation to see the code."</small>
                    <a class="btn" href=format!("/c/{}", waiting.conversation)>"Open"</a>
                </p>
            </li>
        }
    });
    let none = rail.waiting.is_empty().then(|| view! { <p>"Nothing is waiting for you."</p> });
    view! {
        <h2>"Waiting for your confirmation"</h2>
        {none}
        <ul class="cards">{own.collect_view()}</ul>
    }
    .into_any()
}
