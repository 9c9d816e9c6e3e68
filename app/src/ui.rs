//! The components of the chat page. The browser makes two of them alive, the islands [`Conversation`] and
//! [`Beginning`]; the others are theirs, or the server's alone.

mod account;
mod approval;
pub mod at_once;
mod beginning;
mod call_card;
mod card_text;
#[cfg(feature = "ssr")]
mod chat;
mod composer;
mod conversation;
mod draft;
mod earlier;
pub(crate) mod effect;
pub mod icons;
mod island;
#[cfg(feature = "ssr")]
pub(crate) mod languages;
mod log;
#[cfg(feature = "ssr")]
pub(crate) mod nav;
mod page;
#[cfg(feature = "ssr")]
mod rail;
#[cfg(feature = "ssr")]
pub(crate) mod samples;
mod scroll;
mod sent;
#[cfg(feature = "ssr")]
pub(crate) mod shell;
#[cfg(feature = "ssr")]
pub mod signs;
mod strip;
#[cfg(feature = "ssr")]
mod suggestions;
pub mod title;
pub(crate) mod words;

pub use beginning::Beginning;
#[cfg(feature = "ssr")]
pub use chat::Chat;
pub use conversation::Conversation;
