//! What cannot be seen, made visible: nobody reads one thing and gets another.

/// One line, such as the summary of a call: every character that has no look of its own shows its code point.
pub fn visible(text: &str) -> String {
    shown(text, |c| c.is_control() || is_invisible(c))
}

/// Prose of the model: line breaks and the joiners of emoji and scripts stay, but nothing that rules a terminal or turns
/// the reading direction.
pub fn prose(text: &str) -> String {
    shown(text, |c| (c.is_control() && !matches!(c, '\n' | '\t' | '\r')) || is_turning(c))
}

const fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}'
            | '\u{61c}'
            | '\u{180e}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}'
            | '\u{e0000}'..='\u{e007f}'
    )
}

const fn is_turning(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn shown(text: &str, hidden: impl Fn(char) -> bool) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut shown, c| {
        if hidden(c) {
            shown.push_str(&format!("⟨U+{:04X}⟩", u32::from(c)));
        } else {
            shown.push(c);
        }
        shown
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_seen_is_made_visible() {
        for (text, line, words) in [
            ("bob@acme.example", "bob@acme.example", "bob@acme.example"),
            ("a\u{202e}b", "a⟨U+202E⟩b", "a⟨U+202E⟩b"),
            ("a\u{200b}b\nc", "a⟨U+200B⟩b⟨U+000A⟩c", "a\u{200b}b\nc"),
            ("a\u{1b}[2Jb", "a⟨U+001B⟩[2Jb", "a⟨U+001B⟩[2Jb"),
            ("größe 🚲", "größe 🚲", "größe 🚲"),
        ] {
            assert_eq!((visible(text), prose(text)), (line.to_owned(), words.to_owned()));
        }
    }
}
