//! The line above the composer for the most important thing that is not in view: a lost connection, a problem, a request
//! that waits for the person.

use super::icons::{Icon, PHONE};
use crate::state::Link;
use crate::texts::{Texts, texts};
use crate::wire::{ApiError, Request, Waiting};
use leptos::prelude::*;

/// The line about a request that waits out of view.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    /// Address of the page or card.
    pub(super) href: String,
    /// Summary of the action.
    pub(super) summary: String,
    /// The code, if the request is in this conversation.
    pub(super) code: Option<String>,
}

impl Line {
    /// The request on a card of this page.
    pub(super) fn of_card(Request { summary, code }: Request) -> Self {
        Self { href: "#waiting".to_owned(), summary, code }
    }
}

/// The request of another conversation.
pub(super) fn elsewhere(waiting: &[Waiting]) -> Option<Line> {
    let first = waiting.first()?;
    let href = match waiting.len() {
        1 => format!("/c/{}", first.conversation),
        _ => "/inbox".to_owned(),
    };
    Some(Line { href, summary: first.summary.clone(), code: None })
}

/// Renders the line of the highest precedence: signed out, offline, a problem, a request. `here` is the address of the
/// page, to which a sign-in returns.
pub(super) fn lines(
    connection: Signal<Link>,
    problem: RwSignal<Option<ApiError>>,
    request: Signal<Option<Line>>,
    here: String,
) -> impl IntoView {
    let t = texts();
    let over = move || match connection.get() {
        Link::Over(error) => Some(error),
        Link::Up | Link::Down => None,
    };
    let lost = move || connection.get() == Link::Down;
    let trouble = Memo::new(move |_| over().or_else(|| problem.get().filter(|_| !lost())));
    view! {
        <div class="link" role="status">
            {move || lost().then(|| view! { <p>{t.strip_offline()}</p> })}
        </div>
        <div class="problem" role="alert">{move || trouble.get().map(|error| sentence(&error, &here, t))}</div>
        <div role="status">
            {move || request.get().filter(|_| !lost() && trouble.get().is_none()).map(strip)}
        </div>
    }
}

/// The error text, with the way on that it offers.
fn sentence(error: &ApiError, here: &str, t: Texts) -> impl IntoView + use<> {
    let way = match error {
        ApiError::SignedOut => Some((format!("/auth/login?return_to={here}"), t.sign_in())),
        ApiError::OtherPerson | ApiError::Outdated => Some((String::new(), t.reload())),
        _ => None,
    };
    let text = error.text(t);
    view! { <p>{text}{way.map(|(href, label)| view! { " "<a href=href>{label}</a> })}</p> }
}

fn strip(request: Line) -> impl IntoView {
    let (t, Line { href, summary, code }) = (texts(), request);
    view! {
        <p class="strip">
            <Icon path=PHONE/>
            <span class="wide-only">{t.strip_waits()}</span>
            <b dir="auto">{summary}</b>
            {code.map(|code| view! { <code>{code}</code> })}
            <a href=href>{t.strip_show()}</a>
        </p>
    }
}
