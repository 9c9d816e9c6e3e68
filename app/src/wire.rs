//! The types that browser and server exchange. The server converts its domain types into them by hand.

pub(crate) mod decode;
pub mod error;
pub mod event;
pub mod frame;
pub mod page;

pub use error::{ApiError, BadInput, Limit};
pub use event::{AskedAt, Detail, Effect, Event, ModelFailure, NotApproved, Permanence, Refusal, TurnEnd};
pub use frame::Frame;
pub use page::{Chat, Day, Earlier, Edit, Head, LoadedEarlier, Me, Past, Posted, Rail, Replaced, Role, Talk, Waiting};

/// The request header with [`Talk::owner`]: the person to whom the open page belongs.
pub const OWNER_HEADER: &str = "countersign-owner";

/// Longest message, in bytes.
pub const LONGEST_MESSAGE: usize = 32 * 1024;
