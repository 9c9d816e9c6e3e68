//! The title of a page. It shows a pending approval, because a tab may be one of many.

use crate::texts::texts;
use leptos::prelude::*;

/// Writes the title into the head.
#[cfg(feature = "ssr")]
pub fn page_title(text: impl Into<String>) {
    let text = text.into();
    let _ = leptos_meta::Title(leptos_meta::TitleProps::builder().text(text).build());
}

/// Returns the title of a conversation's page.
#[cfg(feature = "ssr")]
pub(super) fn of_conversation(name: &str, waits: bool) -> String {
    marked(&format!("{name} · Countersign"), waits)
}

/// Puts the mark of a page on which an approval waits before its title.
fn marked(title: &str, waits: bool) -> String {
    if waits { format!("{} {title}", texts().title_waits()) } else { title.to_owned() }
}

/// Keeps the title and the number beside the inbox up to date in the browser; does nothing on the server.
pub(super) fn mark(waiting: Signal<usize>) {
    Effect::new(move |_| {
        let (page, waiting) = (document(), waiting.get());
        let title = page.title();
        let plain = title.strip_prefix(texts().title_waits()).map_or(title.as_str(), str::trim_start);
        page.set_title(&marked(plain, waiting > 0));
        if let Ok(Some(count)) = page.query_selector("[data-inbox]") {
            let text = if waiting > 0 { waiting.to_string() } else { String::new() };
            count.set_text_content(Some(&text));
        }
    });
}
