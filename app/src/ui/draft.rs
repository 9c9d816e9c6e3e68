//! The draft of a message, kept in the tab's session storage, so that a reload or a new sign-in does not lose it. It belongs
//! to a person: another one who signs in in the same tab does not see it.

use leptos::html::Textarea;
use leptos::prelude::*;

/// The storage key of a draft.
#[derive(Clone)]
pub(super) struct Draft(String);

impl Draft {
    /// The draft of `owner` for a conversation, where `None` is a new one, or for a message of it that is edited. The script of every page deletes the drafts
    /// at sign-out by the beginning of this key (`public/page.js`).
    pub(super) fn of(owner: &str, conversation: Option<&str>, edited: Option<u64>) -> Self {
        let edited = edited.map(|said| format!(" {said}")).unwrap_or_default();
        Self(format!("draft {owner} {}{edited}", conversation.unwrap_or("new")))
    }

    /// Restores the stored draft and stores every change from now on; `typed` tells whether the box holds text.
    pub(super) fn keep(&self, area: NodeRef<Textarea>, typed: RwSignal<bool>) {
        let draft = self.clone();
        Effect::new(move |_| {
            let Some(area) = area.get() else { return };
            let kept = storage().and_then(|storage| storage.get_item(&draft.0).ok().flatten());
            if let (Some(kept), true) = (kept, area.value().is_empty()) {
                area.set_value(&kept);
            }
            typed.set(!area.value().trim().is_empty());
            // Waits until this page has replaced the old one, which still holds the focus.
            let fresh = area.clone();
            request_animation_frame(move || focus_if_free(&fresh));
            let (draft, area) = (draft.clone(), area.clone());
            let handle = window_event_listener(leptos::ev::input, move |_| {
                draft.store(&area.value());
                typed.set(!area.value().trim().is_empty());
            });
            on_cleanup(move || handle.remove());
        });
    }

    /// Stores the text. If the storage is full or forbidden, only the page holds it.
    pub(super) fn store(&self, text: &str) {
        if let Some(storage) = storage() {
            let _ = if text.is_empty() { storage.remove_item(&self.0) } else { storage.set_item(&self.0, text) };
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
