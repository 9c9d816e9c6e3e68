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
    /// The server's time when the page was made, in milliseconds since 1970.
    pub(super) now: i64,
}

/// Tries something and says what went wrong, or that nothing did. The log tells what came of it.
pub(super) fn attempt<T>(
    problem: RwSignal<Option<ApiError>>,
    work: impl Future<Output = Result<T, ApiError>> + 'static,
) {
    spawn_local(async move { problem.set(work.await.err()) });
}
