//! The components of the chat page.

mod account;
mod approval;
pub mod at_once;
mod call_card;
mod chat;
mod composer;
mod earlier;
mod elsewhere;
mod header;
pub mod icons;
mod kept;
mod log;
mod page;
mod rail;
pub mod title;
mod words;

pub use chat::Chat;
pub use header::Account;
