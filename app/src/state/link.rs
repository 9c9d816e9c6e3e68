//! The state of the connection to the server.

use crate::wire::ApiError;

/// The state of the connection to the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Link {
    /// Connected.
    Up,
    /// Disconnected; it reconnects.
    Down,
    /// Closed for good by this error.
    Over(ApiError),
}
