//! Text that shows all that is in it: an invisible or direction-changing character shows as its number.
//! It must never let text become markup.

use crate::pages::escape;

/// HTML in which nothing of `text` is hidden, and nothing of it turns its surroundings around.
pub(super) fn visible(text: &str) -> String {
    let mut html = String::from("<bdi>");
    let mut plain = String::new();
    for character in text.chars() {
        if is_hidden(character) {
            html.push_str(&escape(&std::mem::take(&mut plain)));
            html.push_str(&format!("<span class=\"odd\">U+{:04X}</span>", u32::from(character)));
        } else {
            plain.push(character);
        }
    }
    html.push_str(&escape(&plain));
    html.push_str("</bdi>");
    html
}

/// Controls, soft hyphen, joiners, direction marks, separators, variation selectors and tags.
fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(
            u32::from(character),
            0xAD | 0x34F | 0x61C | 0x115F | 0x1160 | 0x17B4 | 0x17B5 | 0x180B..=0x180F | 0x200B..=0x200F
                | 0x2028..=0x202E | 0x2060..=0x206F | 0x3164 | 0xFE00..=0xFE0F | 0xFEFF | 0xFFA0 | 0xFFF0..=0xFFFB
                | 0xE0000..=0xE0FFF
        )
}
