//! The state of the page as pure code: parsing frames and folding them into a transcript.

pub mod item;
pub mod lines;
pub mod link;
pub mod partial;
pub mod transcript;
#[cfg(feature = "hydrate")]
pub mod watch;

pub use item::{AccountRequest, Asking, Call, CallState, InAdvance, Item, Place, Reach};
pub use lines::Lines;
pub use link::Link;
pub use partial::Partial;
pub use transcript::{Change, Transcript, Turn};
