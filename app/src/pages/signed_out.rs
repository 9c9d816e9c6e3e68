//! The page for signed-out visitors. It loads no script.

use crate::ui::at_once::AtOnce;
use crate::ui::icons::Brand;
use crate::ui::title::page_title;
use leptos::prelude::*;

/// Introduces the product and links to the sign-in; `return_to` is the path to return to afterwards.
#[component]
pub fn SignedOut(return_to: String) -> impl IntoView {
    let href = format!("/auth/login?return_to={return_to}");
    page_title(|| "Sign in · Countersign".to_owned());
    view! {
        <main class="plain">
            <Brand/>
            <h1>"Your IT help desk, acting as you and never beyond"</h1>
            <p>"Ask in your own words. The assistant does only what you are permitted to do, and says so when you are not."</p>
            <ul class="points">
                <li>"Every action is checked against your permissions, at the moment it happens."</li>
                <li>"What matters waits for your approval."</li>
                <li>"It never sees a password or a key, and everything is written down."</li>
            </ul>
            // `/auth/login` redirects to another server, so the router must not handle this link.
            <p class="row"><a class="btn first" href=href rel="external">"Sign in"</a></p>
        </main>
    }
    .at_once()
}
