//! The "not found" page.

use super::notice::{Notice, Way};
use crate::backend::status;
use crate::wire::ApiError;
use leptos::prelude::*;

/// The page for an unknown address and for somebody else's conversation; the two are indistinguishable on purpose.
#[component]
pub fn NotFound() -> impl IntoView {
    if let Some(options) = use_context::<leptos_axum::ResponseOptions>() {
        options.set_status(status(&ApiError::NotFound));
    }
    let sentence = "The address may be wrong, or the conversation may not be yours.";
    Notice::new(
        "There is nothing here",
        sentence.to_owned(),
        Way { href: "/".to_owned(), label: "Go to your conversations" },
    )
    .view()
}
