//! What every part of a conversation's page needs to know of it.

use crate::wire::ApiError;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// The page that a part stands on.
#[derive(Debug, Clone)]
pub(super) struct Page {
    /// The conversation.
    pub(super) conversation: String,
    /// Where a part says what went wrong.
    pub(super) problem: RwSignal<Option<ApiError>>,
    /// How far the reader's clock is ahead of the server's, in milliseconds.
    pub(super) ahead: i64,
}

/// How far the reader's clock is ahead of `server`, in milliseconds.
#[cfg(feature = "hydrate")]
#[expect(clippy::cast_possible_truncation, reason = "milliseconds since 1970 fit")]
pub(super) fn ahead_of(server: i64) -> i64 {
    js_sys::Date::now() as i64 - server
}

/// The server counts nothing down.
#[cfg(not(feature = "hydrate"))]
pub(super) const fn ahead_of(_server: i64) -> i64 {
    0
}

/// Tries something and says what went wrong, or that nothing did. The log tells what came of it.
pub(super) fn attempt<T>(
    problem: RwSignal<Option<ApiError>>,
    work: impl Future<Output = Result<T, ApiError>> + 'static,
) {
    spawn_local(async move { problem.set(work.await.err()) });
}
