//! The inbox: everything that waits for the person.

use super::Waiting as Approval;
use super::approve::list;
use super::load::{Named, page};
use super::permissions::answerable;
use super::permissions::data::{RequestToAnswer, permissions_backend};
use crate::ui::icons::{Icon, PHONE};
use crate::ui::nav::Destination;
use crate::wire::{Rail, Waiting};
use leptos::prelude::*;

/// The page at `/inbox`.
#[component]
pub fn InboxPage() -> impl IntoView {
    let own = permissions_backend();
    page(
        Named(Destination::Inbox, "Inbox"),
        |backend, _| async move {
            let own = own?;
            let (approvals, requests) = futures::join!(backend.approvals(), own.requests_to_answer());
            Ok((approvals?, requests?))
        },
        content,
    )
}

pub(super) fn content(rail: &Rail, (approvals, requests): (Vec<Approval>, Vec<RequestToAnswer>)) -> AnyView {
    // A request that can be answered on a page is listed with its page; the others wait on the phone.
    let answerable_here =
        |own: &&Waiting| !approvals.iter().any(|page| page.asker.is_none() && page.summary == own.summary);
    let phone = rail.waiting.iter().filter(answerable_here).map(own).collect_view();
    let none = (rail.waiting.is_empty() && approvals.is_empty())
        .then(|| view! { <p>"Nothing is waiting for your confirmation."</p> });
    let others = (!requests.is_empty()).then(|| {
        let items = requests.into_iter().map(answerable).collect_view();
        view! { <h2>"Requests for access that you can answer"</h2><ul class="cards">{items}</ul> }
    });
    view! {
        <h2>"Waiting for your confirmation"</h2>
        {none}
        {list(approvals)}
        <ul class="cards">{phone}</ul>
        {others}
    }
    .into_any()
}

fn own(waiting: &Waiting) -> AnyView {
    view! {
        <li class="card" data-state="waiting">
            <h3><Icon path=PHONE/>{waiting.summary.clone()}</h3>
            <p class="row">
                <small>"Open the conversation to see the code."</small>
                <a class="btn" href=format!("/c/{}", waiting.conversation)>"Open"</a>
            </p>
        </li>
    }
    .into_any()
}
