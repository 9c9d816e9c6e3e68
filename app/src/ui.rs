//! The components of the chat page. The browser makes two of them alive, the islands [`Conversation`] and
//! [`Beginning`], which hold the composer; the log is rendered by the server alone.

#[cfg(feature = "ssr")]
mod account;
#[cfg(feature = "ssr")]
mod approval;
pub(crate) mod attempt;
mod beginning;
#[cfg(feature = "ssr")]
mod call_card;
#[cfg(feature = "ssr")]
mod card_text;
#[cfg(feature = "ssr")]
mod chat;
mod composer;
pub(crate) mod conversation;
mod draft;
#[cfg(feature = "ssr")]
mod earlier;
#[cfg(feature = "ssr")]
pub(crate) mod effect;
pub mod escape;
pub mod icons;
mod island;
#[cfg(feature = "ssr")]
pub(crate) mod languages;
#[cfg(feature = "ssr")]
pub(crate) mod log;
#[cfg(feature = "ssr")]
pub(crate) mod manage;
#[cfg(feature = "ssr")]
pub(crate) mod nav;
#[cfg(feature = "ssr")]
pub(crate) mod page;
#[cfg(feature = "ssr")]
mod rail;
#[cfg(feature = "ssr")]
pub(crate) mod samples;
pub(crate) mod scroll;
mod sent;
#[cfg(feature = "ssr")]
pub(crate) mod shell;
#[cfg(feature = "ssr")]
pub mod signs;
mod strip;
#[cfg(feature = "ssr")]
mod suggestions;
pub(crate) mod time_left;
pub mod title;
#[cfg(feature = "ssr")]
pub(crate) mod words;

pub use beginning::Beginning;
#[cfg(feature = "ssr")]
pub use card_text::refusal_text;
#[cfg(feature = "ssr")]
pub use chat::Chat;
pub use conversation::Conversation;
#[cfg(feature = "ssr")]
pub(crate) use earlier::earlier_of;
