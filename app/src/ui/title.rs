//! The title of a page. It shows a pending approval, because a tab may be one of many.

use leptos::prelude::*;

/// The mark of a page on which an approval waits.
const WAITS: &str = "● Approve: ";

/// Writes the title into the head.
#[cfg(feature = "ssr")]
pub fn page_title(text: impl Into<String>) {
    let text = text.into();
    let _ = leptos_meta::Title(leptos_meta::TitleProps::builder().text(text).build());
}

/// Returns the title of a conversation's page.
#[cfg(feature = "ssr")]
pub(super) fn of_conversation(name: &str, waits: bool) -> String {
    format!("{}{name} · Countersign", if waits { WAITS } else { "" })
}

/// Marks the title in the browser while an approval waits; does nothing on the server.
pub(super) fn mark(waits: Signal<bool>) {
    Effect::new(move |_| {
        let title = document().title();
        let plain = title.strip_prefix(WAITS).unwrap_or(&title);
        document().set_title(&format!("{}{plain}", if waits.get() { WAITS } else { "" }));
    });
}
