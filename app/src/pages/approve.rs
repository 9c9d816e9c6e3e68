//! The pages on which people answer requests for approval. They work without WebAssembly; `passkey.js` calls the
//! authenticator.

use super::passkeys::status;
use crate::ui::effect::effect;
use crate::wire::Effect;
use leptos::prelude::*;

/// A request for approval as its page shows it.
#[derive(Debug, Clone)]
pub struct Waiting {
    /// The id of the request.
    pub id: String,
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
    let asker = waiting.asker.map_or_else(
        || "You asked Countersign to do this. Confirm it only if it is what you want.".to_owned(),
        |name| format!("{name} asks for your approval. Approve only if you know why they need it."),
    );
    let spelled = waiting.code.chars().map(String::from).collect::<Vec<_>>().join(" ");
    let answer = match waiting.obstacle {
        None => view! {
            <p class="row">
                <button class="btn first" type="button" data-passkey="approve" data-id=waiting.id.clone()>
                    "Confirm with passkey"
                </button>
            </p>
            <noscript><p>"To confirm, allow scripts on this page: a passkey cannot be used without them."</p></noscript>
        }
        .into_any(),
        Some(obstacle) => remedy(obstacle, &waiting.id),
    };
    view! {
        <div class="match">
            <span class="code" aria-label=format!("Code {spelled}")>{waiting.code}</span>
            <p>{asker}</p>
        </div>
        {waiting.effect.map(effect)}
        <dl class="facts">
            {waiting.details.into_iter().map(|(name, value)| view! { <dt>{name}</dt><dd>{value}</dd> }).collect_view()}
            <dt>"Answer until"</dt><dd>{waiting.until}</dd>
        </dl>
        {answer}
        {status()}
        <form method="post" action=format!("/approvals/{}/decline", waiting.id)>
            <label>"Reason (optional)" <input class="field" type="text" name="reason" maxlength="300"/></label>
            <p class="row"><button class="btn quiet" type="submit">"Decline"</button></p>
        </form>
    }
}

fn remedy(obstacle: Obstacle, id: &str) -> AnyView {
    match obstacle {
        Obstacle::NoPasskey => view! {
            <p>"You need a passkey to confirm this, and you have none yet."</p>
            <p class="row"><a class="btn first" href="/passkeys">"Set up a passkey"</a></p>
        }
        .into_any(),
        Obstacle::SameDevice => view! {
            <p>"Your company requires that you confirm this on another device. Open this page there, for example on your phone."</p>
            <p>
                <img
                    src=format!("/approve/{id}/code.svg")
                    alt="Code that opens this request on another device"
                    width="220"
                    height="220"
                />
            </p>
        }
        .into_any(),
        Obstacle::SignInAgain => view! {
            <p>"You signed in too long ago to confirm this. Sign in again, then confirm."</p>
            <p class="row">
                <a class="btn first" href=format!("/auth/login?again=true&return_to=/approve/{id}")>"Sign in again"</a>
            </p>
        }
        .into_any(),
    }
}

/// The list of the requests that wait for the reader, for the inbox.
pub(super) fn list(waiting: Vec<Waiting>) -> AnyView {
    let item = |waiting: Waiting| {
        let asker =
            waiting.asker.map_or_else(|| "You asked for this.".to_owned(), |name| format!("{name} asks for this."));
        view! {
            <li class="card" data-state="waiting">
                <h3><a href=format!("/approve/{}", waiting.id)>{waiting.summary}</a><code>{waiting.code}</code></h3>
                <p>{asker}</p>
                <dl class="facts"><dt>"Answer until"</dt><dd>{waiting.until}</dd></dl>
            </li>
        }
    };
    view! { <ul class="cards">{waiting.into_iter().map(item).collect_view()}</ul> }.into_any()
}

/// The page after an answer.
#[component]
pub fn AnsweredPage(sentence: &'static str) -> impl IntoView {
    view! {
        <p>{sentence}</p>
        <p class="row"><a class="btn first" href="/inbox">"Inbox"</a></p>
    }
}
