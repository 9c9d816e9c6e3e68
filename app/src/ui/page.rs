//! The context shared by the parts of a conversation's page.

use crate::wire::ApiError;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// The context of a part of the page.
#[derive(Debug, Clone)]
pub(super) struct Page {
    /// Id of the conversation.
    pub(super) conversation: String,
    /// The person, as a request to an administrator names them.
    pub(super) asker: String,
    /// Id of the person, as [`crate::wire::Talk::owner`] has it.
    pub(super) owner: String,
    /// Set where messages cannot be changed.
    pub(super) reads_only: bool,
    /// The error shown above the composer.
    pub(super) problem: RwSignal<Option<ApiError>>,
    /// The difference between the reader's clock and the server's, in milliseconds.
    pub(super) ahead: i64,
}

/// Returns how many milliseconds the reader's clock is ahead of `server`.
#[cfg(feature = "hydrate")]
#[expect(clippy::cast_possible_truncation, reason = "milliseconds since 1970 fit")]
pub(super) fn ahead_of(server: i64) -> i64 {
    js_sys::Date::now() as i64 - server
}

/// Countdowns run in the browser only.
#[cfg(not(feature = "hydrate"))]
pub(super) const fn ahead_of(_server: i64) -> i64 {
    0
}

/// Runs a request and shows its error, or clears the last one. The result appears in the log, and the focus, whose button
/// it may remove, goes to the conversation.
pub(super) fn attempt<T>(
    problem: RwSignal<Option<ApiError>>,
    work: impl Future<Output = Result<T, ApiError>> + 'static,
) {
    spawn_local(async move {
        problem.set(work.await.err());
        focus_content();
    });
}

/// Gives the focus to the conversation if the focused element is gone.
fn focus_content() {
    #[cfg(feature = "hydrate")]
    request_animation_frame(|| {
        use wasm_bindgen::JsCast;
        let lost = document().active_element().is_none_or(|element| element.tag_name() == "BODY");
        let main = document().get_element_by_id("content").filter(|_| lost);
        if let Some(main) = main.and_then(|main| main.dyn_into::<web_sys::HtmlElement>().ok()) {
            let _ = main.focus();
        }
    });
}
