//! What every part of a conversation's page needs to know of it.

use crate::wire::ApiError;
use leptos::prelude::*;

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
