//! The "not found" page.

use super::notice::{Notice, Way};
use crate::backend::status;
use crate::texts::texts;
use crate::wire::ApiError;
use leptos::prelude::*;

/// The page for an unknown address and for somebody else's conversation; the two are indistinguishable on purpose.
#[component]
pub fn NotFound() -> impl IntoView {
    if let Some(options) = use_context::<leptos_axum::ResponseOptions>() {
        options.set_status(status(&ApiError::NotFound));
    }
    let t = texts();
    let way = Way { href: "/".to_owned(), label: t.way_chat() };
    Notice::new(t.nothing_here(), t.not_yours().to_owned(), way).view()
}
