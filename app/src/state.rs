//! What the page knows, as pure code: the fold of frames, and bytes to frames.

pub mod lines;
pub mod transcript;
#[cfg(feature = "hydrate")]
pub mod watch;

pub use lines::Lines;
pub use transcript::{Call, CallState, Change, Item, Place, Transcript, Turn};
