//! The pages.

mod chat;
mod not_found;
mod signed_out;

pub use chat::ChatPage;
pub use not_found::NotFound;
pub use signed_out::SignedOut;

/// Sets the HTTP status of the page on the server; does nothing in the browser.
fn set_status(error: &crate::wire::ApiError) {
    #[cfg(feature = "ssr")]
    if let Some(options) = leptos::prelude::use_context::<leptos_axum::ResponseOptions>() {
        options.set_status(crate::backend::status(error));
    }
    #[cfg(not(feature = "ssr"))]
    let _ = error;
}
