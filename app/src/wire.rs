//! The types that browser and server exchange. The server converts its domain types into them by hand.

pub(crate) mod decode;
pub mod error;
pub mod event;
pub mod frame;
pub mod page;

pub use error::{ApiError, BadInput, Limit};
pub use event::{Detail, Event, ModelFailure, NotApproved, Refusal, TurnEnd};
pub use frame::Frame;
pub use page::{Chat, Earlier, Head, Me, Past, Posted, Talk, Waiting};

/// Longest message, in bytes.
pub const LONGEST_MESSAGE: usize = 32 * 1024;
