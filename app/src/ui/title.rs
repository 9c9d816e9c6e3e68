//! The title of a page. It shows a pending approval, because a tab may be one of many.

use leptos::prelude::*;

/// The mark of a page on which an approval waits.
const WAITS: &str = "● Confirm: ";

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

/// Keeps the title and the number beside the inbox up to date in the browser; does nothing on the server.
pub(super) fn mark(waiting: Signal<usize>) {
    Effect::new(move |_| {
        let (page, waiting) = (document(), waiting.get());
        let title = page.title();
        let plain = title.strip_prefix(WAITS).unwrap_or(&title);
        page.set_title(&format!("{}{plain}", if waiting > 0 { WAITS } else { "" }));
        if let Ok(Some(count)) = page.query_selector("[data-inbox]") {
            let text = if waiting > 0 { waiting.to_string() } else { String::new() };
            count.set_text_content(Some(&text));
        }
    });
}
