//! The pages. Only the server renders them.

mod approve;
mod chat;
mod not_found;
mod passkeys;
mod signed_out;

pub use approve::{AnsweredPage, ApprovePage, Obstacle, Waiting, WaitingPage};
pub use chat::ChatPage;
pub use not_found::NotFound;
pub use passkeys::{Enrolling, Passkey, PasskeysPage};
pub use signed_out::SignedOut;

/// Sets the HTTP status of the page.
fn set_status(error: &crate::wire::ApiError) {
    if let Some(options) = leptos::prelude::use_context::<leptos_axum::ResponseOptions>() {
        options.set_status(crate::backend::status(error));
    }
}
