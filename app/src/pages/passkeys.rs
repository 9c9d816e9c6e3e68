//! The page on which people enrol, see and revoke their passkeys. `passkey.js` calls the authenticator.

use crate::texts::texts;
use leptos::prelude::*;

/// Most passkeys of a person.
const MOST: u64 = 10;

/// A passkey as its owner sees it.
#[derive(Debug, Clone)]
pub struct Passkey {
    /// The credential id.
    pub id: String,
    /// The name that its owner gave it.
    pub name: String,
    /// The time of the enrolment, for people.
    pub enrolled: String,
    /// The time of the last approval, for people.
    pub used: Option<String>,
    /// Set if it is synchronized to other devices.
    pub backed_up: bool,
}

/// The possibility to enrol a further passkey.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Enrolling {
    /// The person may enrol one now.
    Open,
    /// The person must sign in again first.
    SignInAgain,
    /// The person has as many as are allowed.
    Full,
}

/// The list of a person's passkeys, and the button that enrols one.
#[component]
pub fn PasskeysPage(passkeys: Vec<Passkey>, enrolling: Enrolling) -> impl IntoView {
    let t = texts();
    let none = passkeys.is_empty().then(|| view! { <p>{t.passkeys_none()}</p> });
    view! {
        <p>
            {t.passkeys_lead()}
        </p>
        {none}
        <ul class="cards">{passkeys.into_iter().map(item).collect_view()}</ul>
        {enrol(enrolling)}
        {status()}
    }
}

/// The line in which `passkey.js` says how far it is, with the sentences that it needs.
pub(super) fn status() -> AnyView {
    let t = texts();
    view! {
        <p role="status" data-passkey="status" data-steps=t.passkey_steps() data-cancelled=t.passkey_cancelled()
            data-twice=t.passkey_device_twice() data-fails=t.passkey_not_now()></p>
    }
    .into_any()
}

fn item(passkey: Passkey) -> impl IntoView {
    let t = texts();
    let kept = if passkey.backed_up { t.passkeys_synchronized() } else { t.passkeys_one_device() };
    let used = passkey.used.unwrap_or_else(|| t.passkeys_never().to_owned());
    view! {
        <li class="card">
            <h3>{passkey.name.clone()}</h3>
            <p>{kept}</p>
            <dl class="facts">
                <dt>{t.passkeys_since()}</dt><dd>{passkey.enrolled}</dd>
                <dt>{t.last_used()}</dt><dd>{used}</dd>
            </dl>
            <form class="row" method="post" action="/passkeys/revoke">
                <input type="hidden" name="id" value=passkey.id/>
                <button class="btn quiet" type="submit" aria-label=t.remove_named(&passkey.name)>{t.remove()}</button>
            </form>
        </li>
    }
}

fn enrol(enrolling: Enrolling) -> AnyView {
    let t = texts();
    match enrolling {
        Enrolling::Open => view! {
            <form data-passkey="enrol">
                <label>{t.passkeys_device()} <input class="field" type="text" name="name" maxlength="60" required/></label>
                <p class="row"><button class="btn first" type="submit">{t.passkeys_set_up()}</button></p>
            </form>
            <noscript><p>{t.passkeys_scripts()}</p></noscript>
        }
        .into_any(),
        Enrolling::SignInAgain => view! {
            <p>{t.passkeys_sign_in()}</p>
            <p class="row">
                <a class="btn first" href="/auth/login?again=true&return_to=/passkeys">{t.sign_in_again()}</a>
            </p>
        }
        .into_any(),
        Enrolling::Full => view! { <p>{t.passkeys_full(MOST)}</p> }.into_any(),
    }
}
