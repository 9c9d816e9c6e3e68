//! The page on which people enrol, see and revoke their passkeys. `passkey.js` calls the authenticator.

use leptos::prelude::*;

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
    let none = passkeys.is_empty().then(|| view! { <p>"You have no passkey yet."</p> });
    view! {
        <p>
            "With a passkey you confirm important changes. Your device asks for your fingerprint, your face or your PIN."
        </p>
        {none}
        <ul class="cards">{passkeys.into_iter().map(item).collect_view()}</ul>
        {enrol(enrolling)}
        <p role="status" data-passkey="status"></p>
    }
}

fn item(passkey: Passkey) -> impl IntoView {
    let kept = if passkey.backed_up { "synchronized between your devices" } else { "on one device" };
    let used = passkey.used.unwrap_or_else(|| "never".to_owned());
    view! {
        <li class="card">
            <h3>{passkey.name.clone()}</h3>
            <p>{kept}</p>
            <dl class="facts">
                <dt>"Set up"</dt><dd>{passkey.enrolled}</dd>
                <dt>"Last used"</dt><dd>{used}</dd>
            </dl>
            <form class="row" method="post" action="/passkeys/revoke">
                <input type="hidden" name="id" value=passkey.id/>
                <button class="btn quiet" type="submit" aria-label=format!("Remove {}", passkey.name)>"Remove"</button>
            </form>
        </li>
    }
}

fn enrol(enrolling: Enrolling) -> AnyView {
    match enrolling {
        Enrolling::Open => view! {
            <form data-passkey="enrol">
                <label>"Name of the device" <input class="field" type="text" name="name" maxlength="60" required/></label>
                <p class="row"><button class="btn first" type="submit">"Set up a passkey"</button></p>
            </form>
            <noscript><p>"Allow scripts on this page: a passkey cannot be set up without them."</p></noscript>
        }
        .into_any(),
        Enrolling::SignInAgain => view! {
            <p>"To set up a passkey, sign in again. This proves that it is you."</p>
            <p class="row">
                <a class="btn first" href="/auth/login?again=true&return_to=/passkeys">"Sign in again"</a>
            </p>
        }
        .into_any(),
        Enrolling::Full => view! { <p>"You have 10 passkeys. Remove one to set up another."</p> }.into_any(),
    }
}
