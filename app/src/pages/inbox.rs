//! The inbox: everything that waits for the person, and the conversations that they used lately.

mod notifications;
mod recent;

pub use notifications::{Browser, Notifications};

use super::Waiting as Approval;
use super::approve::list;
use super::load::{Named, page};
use super::permissions::answerable;
use super::permissions::data::{RequestToAnswer, permissions_backend};
use super::standing::{self, StandingItem};
use crate::texts::texts;
use crate::ui::icons::{Icon, PHONE};
use crate::ui::nav::Destination;
use crate::wire::{ApiError, Rail, Waiting};
use leptos::prelude::*;

/// The page at `/inbox`.
#[component]
pub fn InboxPage() -> impl IntoView {
    let own = permissions_backend();
    page(
        Named(Destination::Inbox, texts().inbox_title()),
        |backend, _| async move {
            let own = own?;
            let (approvals, requests, standing, notifications) = futures::join!(
                backend.approvals(),
                own.requests_to_answer(),
                backend.standing_approvals(),
                backend.notifications()
            );
            Ok(Inbox { approvals: approvals?, requests: requests?, standing, notifications })
        },
        content,
    )
}

/// The data of the page.
pub(super) struct Inbox {
    pub(super) approvals: Vec<Approval>,
    pub(super) requests: Vec<RequestToAnswer>,
    /// The standing approvals, and the settings of notifications: the rest of the page is shown also without them.
    pub(super) standing: Result<Vec<StandingItem>, ApiError>,
    pub(super) notifications: Result<Option<Notifications>, ApiError>,
}

pub(super) fn content(rail: &Rail, inbox: Inbox) -> AnyView {
    let t = texts();
    let recent = recent::section(&recent::recent(rail, &inbox));
    let Inbox { approvals, requests, standing, notifications } = inbox;
    // A request that can be answered on a page is listed with its page; the others wait on the phone.
    let answerable_here =
        |own: &&Waiting| !approvals.iter().any(|page| page.conversation.as_ref() == Some(&own.conversation));
    let phone = rail.waiting.iter().filter(answerable_here).map(own).collect_view();
    let none = (rail.waiting.is_empty() && approvals.is_empty()).then(|| view! { <p>{t.inbox_none()}</p> });
    let others = (!requests.is_empty()).then(|| {
        let items = requests.into_iter().map(answerable).collect_view();
        view! { <h2>{t.inbox_requests()}</h2><ul class="cards">{items}</ul> }
    });
    view! {
        <h2>{t.inbox_waiting()}</h2>
        {none}
        {list(approvals)}
        <ul class="cards">{phone}</ul>
        {others}
        {recent}
        {standing::section(standing)}
        {notifications::section(notifications)}
    }
    .into_any()
}

fn own(waiting: &Waiting) -> AnyView {
    let t = texts();
    view! {
        <li class="card" data-state="waiting">
            <h3><Icon path=PHONE/>{waiting.summary.clone()}</h3>
            <p class="row">
                <small>{t.inbox_open_lead()}</small>
                <a class="btn" href=format!("/c/{}", waiting.conversation)>{t.inbox_open()}</a>
            </p>
        </li>
    }
    .into_any()
}
