//! The components of the chat page. The browser makes two of them alive, the islands [`Conversation`] and
//! [`Beginning`]; the others are theirs, or the server's alone.

mod account;
mod approval;
pub mod at_once;
mod beginning;
mod call_card;
#[cfg(feature = "ssr")]
mod chat;
mod composer;
mod conversation;
mod earlier;
mod elsewhere;
#[cfg(feature = "ssr")]
mod header;
pub mod icons;
mod island;
mod kept;
mod log;
mod page;
#[cfg(feature = "ssr")]
mod rail;
pub mod title;
mod words;

pub use beginning::Beginning;
#[cfg(feature = "ssr")]
pub use chat::Chat;
pub use conversation::Conversation;
#[cfg(feature = "ssr")]
pub use header::Account;
