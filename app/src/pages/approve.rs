//! The pages on which people answer requests for approval. They work without WebAssembly; `passkey.js` calls the
//! authenticator.

use super::passkeys::status;
use super::standing::{self, StandingBounds};
use crate::texts::texts;
use crate::ui::effect::effect;
use crate::wire::Effect;
use leptos::prelude::*;

/// A request for approval as its page shows it.
#[derive(Debug, Clone)]
pub struct Waiting {
    /// The id of the request.
    pub id: String,
    /// The conversation of a request of the reader's own.
    pub conversation: Option<String>,
    /// The short code that the asker's screen shows too.
    pub code: String,
    /// The name of the person who asks; `None` if it is the reader.
    pub asker: Option<String>,
    /// The action in plain words.
    pub summary: String,
    /// The consequence of the action, if the tool states one.
    pub effect: Option<Effect>,
    /// The action in full, as name and value.
    pub details: Vec<(String, String)>,
    /// The time until which an answer counts, for people.
    pub until: String,
    /// The obstacle that the reader can remove before they answer.
    pub obstacle: Option<Obstacle>,
    /// The bounds of the standing approval that the reader may give with their answer.
    pub standing: Option<StandingBounds>,
}

/// An obstacle that keeps a person from answering.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Obstacle {
    /// They have no passkey.
    NoPasskey,
    /// The policy demands another device than the one that asked.
    SameDevice,
    /// They signed in too long ago.
    SignInAgain,
}

/// The page of one request: the question, the button that signs it, and the form that declines it.
#[component]
pub fn ApprovePage(waiting: Waiting) -> impl IntoView {
    let t = texts();
    let asker = waiting.asker.map_or_else(|| t.approve_own().to_owned(), |name| t.approve_other(&name));
    let spelled = waiting.code.chars().map(String::from).collect::<Vec<_>>().join(" ");
    let answer = match waiting.obstacle {
        None => view! {
            {waiting.standing.map(standing::fields)}
            <p class="row">
                <button class="btn first" type="button" data-passkey="approve" data-id=waiting.id.clone()>
                    {t.approve_confirm()}
                </button>
            </p>
            <noscript><p>{t.approve_scripts()}</p></noscript>
        }
        .into_any(),
        Some(obstacle) => remedy(obstacle, &waiting.id),
    };
    view! {
        <div class="match">
            <span class="code" aria-label=t.ask_code(&spelled)>{waiting.code}</span>
            <p>{asker}</p>
        </div>
        {waiting.effect.map(effect)}
        <dl class="facts">
            {waiting.details.into_iter().map(|(name, value)| view! { <dt>{t.stored(&name).into_owned()}</dt><dd>{value}</dd> }).collect_view()}
            <dt>{t.approve_until()}</dt><dd>{waiting.until}</dd>
        </dl>
        {answer}
        {status()}
        <form method="post" action=format!("/approvals/{}/decline", waiting.id)>
            <label>{t.approve_reason()} <input class="field" type="text" name="reason" maxlength="300"/></label>
            <p class="row"><button class="btn quiet" type="submit">{t.approve_decline()}</button></p>
        </form>
    }
}

fn remedy(obstacle: Obstacle, id: &str) -> AnyView {
    let t = texts();
    match obstacle {
        Obstacle::NoPasskey => view! {
            <p>{t.approve_no_passkey()}</p>
            <p class="row"><a class="btn first" href="/passkeys">{t.passkeys_set_up()}</a></p>
        }
        .into_any(),
        Obstacle::SameDevice => view! {
            <p>{t.approve_other_device()}</p>
            <p>
                <img
                    src=format!("/approve/{id}/code.svg")
                    alt=t.scan_alt()
                    width="220"
                    height="220"
                />
            </p>
        }
        .into_any(),
        Obstacle::SignInAgain => view! {
            <p>{t.approve_sign_in()}</p>
            <p class="row">
                <a class="btn first" href=format!("/auth/login?again=true&return_to=/approve/{id}")>{t.sign_in_again()}</a>
            </p>
        }
        .into_any(),
    }
}

/// The list of the requests that wait for the reader, for the inbox.
pub(super) fn list(waiting: Vec<Waiting>) -> AnyView {
    let t = texts();
    let item = |waiting: Waiting| {
        let asker = waiting.asker.map_or_else(|| t.approve_you_asked().to_owned(), |name| t.approve_asks(&name));
        view! {
            <li class="card" data-state="waiting">
                <h3><a href=format!("/approve/{}", waiting.id)>{t.stored(&waiting.summary).into_owned()}</a><code>{waiting.code}</code></h3>
                <p>{asker}</p>
                <dl class="facts"><dt>{t.approve_until()}</dt><dd>{waiting.until}</dd></dl>
            </li>
        }
    };
    view! { <ul class="cards">{waiting.into_iter().map(item).collect_view()}</ul> }.into_any()
}

/// The page after an answer.
#[component]
pub fn AnsweredPage(sentence: &'static str) -> impl IntoView {
    view! {
        <p>{texts().stored(sentence).into_owned()}</p>
        <p class="row"><a class="btn first" href="/inbox">{texts().inbox_title()}</a></p>
    }
}
