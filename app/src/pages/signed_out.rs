//! The page for signed-out visitors. It loads no script.

use crate::texts::texts;
use crate::ui::icons::Brand;
use crate::ui::languages::languages;
use crate::ui::title::page_title;
use leptos::prelude::*;

/// Introduces the product and links to the sign-in; `return_to` is the path to return to afterwards.
#[component]
pub fn SignedOut(return_to: String) -> impl IntoView {
    let t = texts();
    let href = format!("/auth/login?return_to={return_to}");
    page_title(format!("{} · Countersign", t.sign_in()));
    view! {
        <main class="plain">
            <Brand/>
            <h1>{t.welcome_title()}</h1>
            <p>{t.welcome_lead()}</p>
            <ul class="points">
                <li>{t.welcome_checked()}</li>
                <li>{t.welcome_confirmed()}</li>
                <li>{t.welcome_recorded()}</li>
            </ul>
            <p class="row"><a class="btn first" href=href>{t.sign_in()}</a></p>
            {languages()}
        </main>
    }
}
