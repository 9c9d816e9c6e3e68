//! The draft of a message, kept in the tab's session storage, so that a reload or a new sign-in does not lose it.

use leptos::html::Textarea;
use leptos::prelude::*;

/// The storage key of a draft.
#[derive(Clone)]
pub(super) struct Draft(String);

impl Draft {
    /// The draft of a conversation; `None` is a new conversation.
    pub(super) fn of(conversation: Option<&str>) -> Self {
        Self(format!("draft {}", conversation.unwrap_or("new")))
    }

    /// Restores the stored draft and stores every change from now on.
    pub(super) fn keep(&self, area: NodeRef<Textarea>) {
        let draft = self.clone();
        Effect::new(move |_| {
            let Some(area) = area.get() else { return };
            let kept = storage().and_then(|storage| storage.get_item(&draft.0).ok().flatten());
            if let (Some(kept), true) = (kept, area.value().is_empty()) {
                area.set_value(&kept);
            }
            // Waits until this page has replaced the old one, which still holds the focus.
            let fresh = area.clone();
            request_animation_frame(move || focus_if_free(&fresh));
            let (name, area) = (draft.0.clone(), area.clone());
            let handle = window_event_listener(leptos::ev::input, move |_| {
                if let Some(storage) = storage() {
                    // If the storage is full or forbidden, only the box holds the text.
                    let _ = storage.set_item(&name, &area.value());
                }
            });
            on_cleanup(move || handle.remove());
        });
    }

    /// Deletes the draft; the message was accepted.
    pub(super) fn forget(&self) {
        if let Some(storage) = storage() {
            let _ = storage.remove_item(&self.0);
        }
    }
}

/// Focuses the box, except on touch devices: there the focus would raise the keyboard over the page.
fn focus_if_free(area: &web_sys::HtmlTextAreaElement) {
    let free = document().active_element().is_none_or(|element| element.tag_name() == "BODY");
    let pointer = window().match_media("(pointer: fine)").ok().flatten().is_some_and(|query| query.matches());
    if free && pointer {
        let _ = area.focus();
    }
}

fn storage() -> Option<web_sys::Storage> {
    window().session_storage().ok().flatten()
}
