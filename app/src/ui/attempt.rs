//! Requests that the person makes by a button.

use crate::wire::ApiError;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// Runs a request and shows its error, or clears the last one. The result appears in the log, and the focus, whose button
/// it may remove, goes to the conversation.
pub(crate) fn attempt<T>(
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
    #[cfg(not(feature = "ssr"))]
    request_animation_frame(|| {
        use wasm_bindgen::JsCast;
        let lost = document().active_element().is_none_or(|element| element.tag_name() == "BODY");
        let main = document().get_element_by_id("content").filter(|_| lost);
        if let Some(main) = main.and_then(|main| main.dyn_into::<web_sys::HtmlElement>().ok()) {
            let _ = main.focus();
        }
    });
}
