//! Pages, components, wire types, server functions and the fold of a conversation. The server renders the pages and what
//! changes of a conversation (`live.rs`); the browser puts that in (`browser.rs`) and makes the composer alive
//! (`ui/conversation.rs`, `ui/beginning.rs`). This crate depends on no other crate of the workspace but the texts: it knows
//! wire types only.

#![recursion_limit = "256"]
#![expect(unreachable_pub, reason = "the component macro makes public items of private modules")]

#[cfg(feature = "ssr")]
pub mod api;
#[cfg(not(feature = "ssr"))]
#[path = "api_browser.rs"]
pub mod api;
#[cfg(feature = "ssr")]
mod assets;
#[cfg(feature = "ssr")]
pub mod backend;
#[cfg(not(feature = "ssr"))]
mod browser;
#[cfg(feature = "ssr")]
mod document;
#[cfg(feature = "ssr")]
mod live;
#[cfg(feature = "ssr")]
pub mod pages;
pub mod state;
mod texts;
pub mod ui;
pub mod wire;

#[cfg(feature = "ssr")]
pub use assets::Assets;
#[cfg(feature = "ssr")]
pub use document::{App, Visitor, shell};
#[cfg(feature = "ssr")]
pub use live::Live;
pub use texts::{Texts, texts};
