//! The lines above the composer, the composer, and the start page.

use super::super::chat::seed;
use super::super::composer::Composer;
use super::super::strip::{self, Line};
use super::super::suggestions::suggestions;
use super::column::rail;
use super::script::NOWHERE;
use crate::pages::permissions::data::{Expectation, Suggestion};
use crate::state::{Link, Transcript};
use crate::texts::texts;
use crate::wire::{Activity, ApiError, BadInput, Edit, Limit, Talk};
use leptos::prelude::*;

/// Renders the lines about the connection and about requests that wait.
pub(crate) fn lines() -> AnyView {
    let request = |href: &str, code: Option<&str>| {
        let summary = "Reset the password of eve@acme.example".to_owned();
        Some(Line { href: href.to_owned(), summary, code: code.map(str::to_owned) })
    };
    view! {
        {line(Link::Down, None, None)}
        {line(Link::Over(ApiError::SignedOut), None, None)}
        {line(Link::Up, None, request("#approvals", Some("N4-5QF")))}
        {line(Link::Up, None, request("/inbox", None))}
    }
    .into_any()
}

/// Renders the line of every error.
pub(crate) fn problems() -> AnyView {
    let limits = [Limit::Posts, Limit::Waiting, Limit::Streams, Limit::Length];
    let limited = limits.map(|limit| ApiError::Limited { limit, retry_after_s: 5 });
    let bad = [
        BadInput::Empty,
        BadInput::TooLong { length: 40_000, limit: 32_768 },
        BadInput::NoTitle,
        BadInput::LongTitle { length: 130, limit: 120 },
        BadInput::NotReplaceable,
        BadInput::Malformed,
        BadInput::TooLate,
    ];
    let others = [
        ApiError::NotFound,
        ApiError::NotNow { service: "the conversation store".to_owned() },
        ApiError::Damaged,
        ApiError::Foreign,
        ApiError::OtherPerson,
        ApiError::Outdated,
        ApiError::Internal { id: "b7f2".to_owned() },
        ApiError::Transport,
    ];
    let all = others.into_iter().chain(limited).chain(bad.map(ApiError::Invalid));
    all.map(|error| line(Link::Up, Some(error), None)).collect_view().into_any()
}

fn line(link: Link, problem: Option<ApiError>, request: Option<Line>) -> AnyView {
    let (link, request) = (Signal::derive(move || link.clone()), Signal::derive(move || request.clone()));
    strip::lines(link, RwSignal::new(problem), request, "/".to_owned()).into_any()
}

/// Renders the composer at rest, while a turn runs, and with a message that is edited.
pub(crate) fn composers() -> AnyView {
    let edited = Edit { said: 1, text: "What are my Okta groups?".to_owned() };
    [(Activity::Idle, None), (Activity::Running, None), (Activity::Idle, Some(edited))]
        .map(|(activity, edit)| composer(activity, edit))
        .collect_view()
        .into_any()
}

fn composer(activity: Activity, edit: Option<Edit>) -> AnyView {
    let (problem, sent) = (RwSignal::new(None), RwSignal::new(None));
    let activity = Signal::derive(move || activity);
    let seed = seed(&Talk { edit, ..talk() }, &Transcript::default());
    view! { <Composer seed above=() problem activity sent again=RwSignal::new(0) last=Signal::derive(|| 0)/> }
        .into_any()
}

/// Renders the greeting and the suggestions of the start page.
pub(crate) fn start() -> AnyView {
    let suggestion =
        |system: &str, text: &str, expect| Suggestion { system: system.to_owned(), text: text.to_owned(), expect };
    let all = vec![
        suggestion("Okta", "What are my Okta groups?", Expectation::AnswersRightAway),
        suggestion("Okta", "Reset the password of …", Expectation::YouConfirm),
        suggestion("GitHub", "List my repositories", Expectation::ConnectFirst("GitHub".to_owned())),
        suggestion("Tasks", "List all my assigned tasks", Expectation::Unknown),
    ];
    view! {
        <div class="log welcome">
            <div>
                <h2>{rail(Vec::new(), Vec::new()).me.greeting}</h2>
                <p>{texts().start_lead()}</p>
            </div>
            {suggestions(all, &talk())}
        </div>
    }
    .into_any()
}

/// Returns the data of a conversation that does not exist.
fn talk() -> Talk {
    Talk {
        owner: String::new(),
        asker: String::new(),
        conversation: Some(NOWHERE.to_owned()),
        fresh: NOWHERE.to_owned(),
        client_id: NOWHERE.to_owned(),
        now: 0,
        frames: Vec::new(),
        last: 0,
        past: None,
        earlier: None,
        replaced: Vec::new(),
        edit: None,
        elsewhere: Vec::new(),
        others: 0,
    }
}
