//! The page for signed-out visitors. It loads no script.

use crate::ui::icons::Brand;
use crate::ui::title::page_title;
use leptos::prelude::*;

/// Introduces the product and links to the sign-in; `return_to` is the path to return to afterwards.
#[component]
pub fn SignedOut(return_to: String) -> impl IntoView {
    let href = format!("/auth/login?return_to={return_to}");
    page_title("Sign in · Countersign");
    view! {
        <main class="plain">
            <Brand/>
            <h1>"IT help that can only do what you can do"</h1>
            <p>"Ask in your own words. Countersign answers and makes changes for you, with your permissions."</p>
            <ul class="points">
                <li>"Every action is checked against your permissions when it happens."</li>
                <li>"Important changes wait until you confirm them."</li>
                <li>"Countersign never sees your passwords, and every action is recorded."</li>
            </ul>
            <p class="row"><a class="btn first" href=href>"Sign in"</a></p>
        </main>
    }
}
