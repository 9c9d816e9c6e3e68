//! What the page knows, as pure code: the fold of frames, and bytes to frames.

pub mod item;
pub mod lines;
pub mod transcript;
#[cfg(feature = "hydrate")]
pub mod watch;

pub use item::{Asking, Call, CallState, Item, Place, Reach, Wanting};
pub use lines::Lines;
pub use transcript::{Change, Transcript, Turn};
