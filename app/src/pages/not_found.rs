//! The "not found" page.

use super::set_status;
use crate::ui::icons::Brand;
use crate::ui::title::page_title;
use crate::wire::ApiError;
use leptos::prelude::*;

/// The page for an unknown address and for somebody else's conversation; the two are indistinguishable on purpose.
#[component]
pub fn NotFound() -> impl IntoView {
    set_status(&ApiError::NotFound);
    page_title("Not found · Countersign");
    view! {
        <main class="plain">
            <Brand/>
            <h1>"There is nothing here"</h1>
            <p>"The address may be wrong, or the conversation may not be yours."</p>
            <p class="row"><a class="btn first" href="/">"Go to your conversations"</a></p>
        </main>
    }
}
