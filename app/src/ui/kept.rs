//! What is being written, kept in the tab, so that a reload or a new sign-in loses nothing.

use leptos::html::Textarea;
use leptos::prelude::*;

/// The place of one unfinished message.
#[derive(Clone)]
pub(super) struct Draft(String);

impl Draft {
    /// The place of a conversation, or of the one that is not begun yet.
    pub(super) fn of(conversation: Option<&str>) -> Self {
        Self(format!("draft {}", conversation.unwrap_or("new")))
    }

    /// Puts back what was being written, and keeps what is written from now on.
    pub(super) fn keep(&self, area: NodeRef<Textarea>) {
        let draft = self.clone();
        Effect::new(move |_| {
            let Some(area) = area.get() else { return };
            let kept = storage().and_then(|storage| storage.get_item(&draft.0).ok().flatten());
            if let (Some(kept), true) = (kept, area.value().is_empty()) {
                area.set_value(&kept);
            }
            // Not before this page has taken the place of the one that still has the focus.
            let fresh = area.clone();
            request_animation_frame(move || focus_if_free(&fresh));
            let (name, area) = (draft.0.clone(), area.clone());
            let handle = window_event_listener(leptos::ev::input, move |_| {
                if let Some(storage) = storage() {
                    // A full or forbidden storage keeps nothing; the text is still in the box.
                    let _ = storage.set_item(&name, &area.value());
                }
            });
            on_cleanup(move || handle.remove());
        });
    }

    /// Forgets it: the message was taken.
    pub(super) fn forget(&self) {
        if let Some(storage) = storage() {
            let _ = storage.remove_item(&self.0);
        }
    }
}

/// The box is what the page is for; but on a phone taking the focus would raise the keyboard over the page.
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
