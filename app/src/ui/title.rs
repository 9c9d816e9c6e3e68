//! The title of a page. It begins with the number of requests that wait for the person, because a tab may be one of many.

use leptos::prelude::*;

/// Writes the title into the head.
#[cfg(feature = "ssr")]
pub fn page_title(text: impl Into<String>) {
    let text = super::escape::escaped(&text.into());
    let _ = leptos_meta::Title(leptos_meta::TitleProps::builder().text(text).build());
}

/// Returns the title of the page `name` while `waiting` requests wait.
#[cfg(feature = "ssr")]
pub(crate) fn counted(waiting: u32, name: &str) -> String {
    format!("{}{name} · Countersign", prefix(waiting))
}

/// Returns the beginning of a title while `waiting` requests wait.
pub(crate) fn prefix(waiting: u32) -> String {
    if waiting == 0 { String::new() } else { format!("({waiting}) ") }
}

/// Keeps the title and the number beside the inbox up to date in the browser; does nothing on the server.
pub(super) fn mark(waiting: Signal<u32>) {
    Effect::new(move |plain: Option<String>| {
        let (page, waiting) = (document(), waiting.get());
        // The server wrote the number that is true at the start.
        let plain = plain.unwrap_or_else(|| {
            let title = page.title();
            title.strip_prefix(&prefix(waiting)).map(str::to_owned).unwrap_or(title)
        });
        page.set_title(&format!("{}{plain}", prefix(waiting)));
        if let Ok(Some(count)) = page.query_selector("[data-inbox]") {
            let text = if waiting > 0 { waiting.to_string() } else { String::new() };
            count.set_text_content(Some(&text));
        }
        plain
    });
}
