//! The texts of the page's language.

pub use languages::Texts;

/// Returns the texts in the language of the request whose page is being rendered; English outside a request.
#[cfg(feature = "ssr")]
#[must_use]
pub fn texts() -> Texts {
    leptos::prelude::use_context().unwrap_or_default()
}

/// Returns the texts in the language of the page.
#[cfg(not(feature = "ssr"))]
#[must_use]
pub const fn texts() -> Texts {
    Texts
}
