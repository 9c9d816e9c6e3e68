//! The settings of notifications, a section of the inbox. `push.js` shows the one of its states that is true of the browser.

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

/// The section, with its script.
pub(super) fn section(own: Notifications) -> AnyView {
    let nonce = leptos::nonce::use_nonce().map(|nonce| nonce.to_string());
    let script = nonce.map(|nonce| view! { <script type="module" src="/push.js" nonce=nonce></script> });
    let none = own.browsers.is_empty().then(|| view! { <p>"You are not notified in any browser."</p> });
    view! {
        <section data-push=own.key aria-labelledby="notifications">
            <h2 id="notifications">"Notifications"</h2>
            <p>
                "Your browser can tell you when a request waits for you. The notification does not say what the request is."
            </p>
            {states()}
            <p role="status"></p>
            {none}
            <ul class="cards">{own.browsers.into_iter().map(item).collect_view()}</ul>
            <noscript><p>"To turn notifications on, allow scripts on this page."</p></noscript>
        </section>
        {script}
    }
    .into_any()
}

fn states() -> impl IntoView {
    view! {
        <p data-push-state="unsupported" hidden>
            "This browser cannot show notifications. On an iPhone or iPad, add Countersign to the home screen first."
        </p>
        <p data-push-state="blocked" hidden>
            "Your browser blocks notifications of this site. Allow them in the settings of your browser, then reload this page."
        </p>
        <p data-push-state="on" hidden>"You are notified in this browser."</p>
        <p data-push-state="off" class="row" hidden>
            <button class="btn" type="button" data-push-on>"Notify me in this browser"</button>
        </p>
    }
}

fn item(own: Browser) -> impl IntoView {
    view! {
        <li class="card" data-browser=own.id.clone()>
            <h3>{own.label.clone()}</h3>
            <p data-this hidden>"This browser"</p>
            <dl class="facts"><dt>"Turned on"</dt><dd>{own.added}</dd></dl>
            <form class="row" method="post" action="/notifications/remove">
                <input type="hidden" name="id" value=own.id.clone()/>
                <button class="btn quiet" type="submit" aria-label=format!("Remove {}", own.label)>"Remove"</button>
            </form>
        </li>
    }
}
