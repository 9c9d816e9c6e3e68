//! The settings of notifications, a section of the inbox. `push.js` shows the one of its states that is true of the browser.

use crate::assets::asset;
use crate::texts::texts;
use crate::wire::ApiError;
use leptos::prelude::*;

/// The notifications of a person.
#[derive(Debug, Clone)]
pub struct Notifications {
    /// The public key that browsers subscribe with, in base64url.
    pub key: String,
    /// The browsers in which the person is notified.
    pub browsers: Vec<Browser>,
}

/// A browser in which a person is notified.
#[derive(Debug, Clone)]
pub struct Browser {
    /// The id of its subscription.
    pub id: String,
    /// Its name, for people.
    pub label: String,
    /// The time at which notifications were turned on there, for people.
    pub added: String,
}

/// The section; none if notifications are off.
pub(super) fn section(found: Result<Option<Notifications>, ApiError>) -> Option<AnyView> {
    match found {
        Ok(own) => own.map(settings),
        Err(_) => Some(unknown()),
    }
}

fn unknown() -> AnyView {
    let t = texts();
    view! {
        <section aria-labelledby="notifications">
            <h2 id="notifications">{t.push_title()}</h2>
            <p>{t.push_unknown()}</p>
        </section>
    }
    .into_any()
}

/// The settings, with their script.
fn settings(own: Notifications) -> AnyView {
    let t = texts();
    let nonce = leptos::nonce::use_nonce().map(|nonce| nonce.to_string());
    let script = nonce.map(|nonce| view! { <script type="module" src=asset("push.js") nonce=nonce></script> });
    let none = own.browsers.is_empty().then(|| view! { <p>{t.push_none()}</p> });
    view! {
        <section data-push=own.key aria-labelledby="notifications">
            <h2 id="notifications">{t.push_title()}</h2>
            <p>
                {t.push_lead()}
            </p>
            {states()}
            <p role="status" data-steps=t.push_steps() data-fails=t.push_fails() data-unknown=t.push_unknown()></p>
            {none}
            <ul class="cards">{own.browsers.into_iter().map(item).collect_view()}</ul>
            <noscript><p>{t.push_scripts()}</p></noscript>
        </section>
        {script}
    }
    .into_any()
}

fn states() -> impl IntoView {
    let t = texts();
    view! {
        <p data-push-state="unsupported" hidden>
            {t.push_unsupported()}
        </p>
        <p data-push-state="blocked" hidden>
            {t.push_blocked()}
        </p>
        <p data-push-state="on" hidden>{t.push_on()}</p>
        <p data-push-state="off" class="row" hidden>
            <button class="btn" type="button" data-push-on>{t.push_turn_on()}</button>
        </p>
    }
}

fn item(own: Browser) -> impl IntoView {
    let t = texts();
    view! {
        <li class="card" data-browser=own.id.clone()>
            <h3>{t.stored(&own.label).into_owned()}</h3>
            <p data-this hidden>{t.push_this()}</p>
            <dl class="facts"><dt>{t.push_since()}</dt><dd>{own.added}</dd></dl>
            <form class="row" method="post" action="/notifications/remove">
                <input type="hidden" name="id" value=own.id.clone()/>
                <button class="btn quiet" type="submit" aria-label=t.remove_named(&own.label)>{t.remove()}</button>
            </form>
        </li>
    }
}
