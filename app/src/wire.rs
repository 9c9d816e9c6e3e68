//! The types that browser and server exchange. The server converts its domain types into them by hand. The browser knows
//! few of them: the server renders what a conversation holds.

pub(crate) mod decode;
pub mod error;
#[cfg(feature = "ssr")]
pub mod event;
#[cfg(feature = "ssr")]
pub mod frame;
pub mod live;
#[cfg(feature = "ssr")]
pub mod page;

pub use error::{ApiError, BadInput, Limit};
#[cfg(feature = "ssr")]
pub use event::{AskedAt, Detail, Effect, Event, ModelFailure, NotApproved, Permanence, Refusal, TurnEnd};
#[cfg(feature = "ssr")]
pub use frame::Frame;
pub use live::{Activity, Earlier, Edit, Now, Piece, Posted, Request, Seed, Update, Waiting};
#[cfg(feature = "ssr")]
pub use page::{Chat, Day, Head, Me, Past, Rail, Replaced, Role, Talk};

/// The request header with [`Talk::owner`]: the person to whom the open page belongs.
pub const OWNER_HEADER: &str = "countersign-owner";

/// Longest message, in bytes.
pub const LONGEST_MESSAGE: usize = 32 * 1024;
