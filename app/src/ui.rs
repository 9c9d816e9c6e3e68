//! The components of the chat page.

mod call_card;
mod chat;
mod composer;
mod header;
pub mod icons;
mod kept;
mod log;
mod rail;

pub use chat::Chat;
