//! Text within a text area and within the title of a page. Leptos writes both into the HTML as they are, so a text would end
//! the element and go on as HTML.

/// Returns HTML that reads as this text, within any element.
#[must_use]
pub fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
