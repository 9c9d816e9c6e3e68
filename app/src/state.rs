//! The state of the page as pure code: reading lines and folding frames into a transcript.

#[cfg(feature = "ssr")]
pub mod item;
pub mod lines;
pub mod link;
#[cfg(feature = "ssr")]
pub mod partial;
#[cfg(feature = "ssr")]
pub mod transcript;

#[cfg(feature = "ssr")]
pub use item::{AccountRequest, Asking, Call, CallState, InAdvance, Item, Place, Reach};
pub use lines::{Line, Lines};
pub use link::Link;
#[cfg(feature = "ssr")]
pub use partial::Partial;
#[cfg(feature = "ssr")]
pub use transcript::{Change, Transcript, Turn};
