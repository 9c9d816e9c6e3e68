//! The errors of the backend, as the person may read them. Causes go to the log.

use agent::ports::{ReadError, Unavailable};
use app::wire::{ApiError, BadInput};
use std::fmt;
use std::time::Duration;
use system::random;
use turns::{Limit, PostError, WithdrawError};

pub(super) const fn malformed() -> ApiError {
    ApiError::Invalid(BadInput::Malformed)
}

pub(super) fn too_late(error: WithdrawError) -> ApiError {
    match error {
        WithdrawError::TooLate => ApiError::Invalid(BadInput::TooLate),
        WithdrawError::Log(error) => unread(error),
    }
}

pub(crate) fn not_posted(error: PostError) -> ApiError {
    match error {
        PostError::Limited(limit) => limited(limit),
        PostError::NotReplaceable => ApiError::Invalid(BadInput::NotReplaceable),
        PostError::Log(error) => unread(error),
    }
}

pub(crate) fn limited(limit: Limit) -> ApiError {
    use app::wire::Limit as Wire;
    let (limit, wait) = match limit {
        Limit::Posts(wait) => (Wire::Posts, wait),
        Limit::Waiting => (Wire::Waiting, Duration::from_secs(10)),
        Limit::Streams => (Wire::Streams, Duration::from_secs(30)),
        Limit::Length => (Wire::Length, Duration::from_secs(3600)),
    };
    let retry_after_s = u32::try_from(wait.as_secs()).unwrap_or(u32::MAX).saturating_add(1);
    tracing::warn!(?limit, retry_after_s, "a person has reached a limit");
    ApiError::Limited { limit, retry_after_s }
}

/// Translates the failure to read a conversation.
pub(crate) fn unread(error: ReadError) -> ApiError {
    match error {
        ReadError::Unavailable(error) => not_now(error),
        ReadError::Deleted => ApiError::NotFound,
        // The store has already logged which event cannot be read.
        ReadError::Unreadable { .. } => ApiError::Damaged,
    }
}

pub(crate) fn not_now(error: Unavailable) -> ApiError {
    tracing::warn!(error = %error, "a request could not be served");
    ApiError::NotNow { service: app::texts().stored(error.service).into_owned() }
}

/// Logs an internal error under a new id, which the person is shown as well.
pub(crate) fn internal(error: impl fmt::Display) -> ApiError {
    let id = random::text().unwrap_or_else(|_| "none".to_owned());
    tracing::error!(error = %error, error.id = %id, "a request failed");
    ApiError::Internal { id }
}
