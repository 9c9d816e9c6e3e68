//! The pages. Only the server renders them.

mod chat;
mod not_found;
pub mod permissions_data;
mod signed_out;

pub use chat::ChatPage;
pub use not_found::NotFound;
pub use signed_out::SignedOut;

/// Sets the HTTP status of the page.
fn set_status(error: &crate::wire::ApiError) {
    if let Some(options) = leptos::prelude::use_context::<leptos_axum::ResponseOptions>() {
        options.set_status(crate::backend::status(error));
    }
}
