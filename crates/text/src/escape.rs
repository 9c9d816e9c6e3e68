//! Display of invisible characters by their code points.

use crate::table::{is_hidden, is_mark, is_odd_space};

/// Most combining marks on one character; more of them cover the text around it.
const MOST_MARKS: usize = 3;

/// Returns one line without anything invisible: every invisible character is replaced by its code point, as are unusual
/// spaces and excess combining marks. Idempotent: visible characters stay unchanged.
#[must_use]
pub fn visible(text: &str) -> String {
    let mut marks = MOST_MARKS;
    escaped(text, |c| {
        marks = if is_mark(c) { marks + 1 } else { 0 };
        is_hidden(c) || is_odd_space(c) || marks > MOST_MARKS
    })
}

/// Prepares a model's prose for display: line breaks and the joiners of emoji and scripts are kept, but terminal
/// controls and characters that change the text direction are escaped.
#[must_use]
pub fn prose(text: &str) -> String {
    let turns = |c| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    escaped(text, |c| (c.is_control() && !matches!(c, '\n' | '\t' | '\r')) || turns(c))
}

/// Replaces each character that `hidden` selects by its code point: `⟨U+202E⟩`.
#[must_use]
pub fn escaped(text: &str, mut hidden: impl FnMut(char) -> bool) -> String {
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
    fn invisible_characters_are_made_visible() {
        for (text, line, words) in [
            ("bob@acme.example", "bob@acme.example", "bob@acme.example"),
            ("a\u{202e}b", "a⟨U+202E⟩b", "a⟨U+202E⟩b"),
            ("a\u{200b}b\nc", "a⟨U+200B⟩b⟨U+000A⟩c", "a\u{200b}b\nc"),
            ("a\u{1b}[2Jb", "a⟨U+001B⟩[2Jb", "a⟨U+001B⟩[2Jb"),
            ("general\u{3164}", "general⟨U+3164⟩", "general\u{3164}"),
            ("a\u{a0}b", "a⟨U+00A0⟩b", "a\u{a0}b"),
            ("e\u{301}\u{301}\u{301}\u{301}", "e\u{301}\u{301}\u{301}⟨U+0301⟩", "e\u{301}\u{301}\u{301}\u{301}"),
            ("\u{338}a", "⟨U+0338⟩a", "\u{338}a"),
            ("größe 🚲", "größe 🚲", "größe 🚲"),
        ] {
            assert_eq!((visible(text), prose(text)), (line.to_owned(), words.to_owned()));
            assert_eq!(visible(&visible(text)), line);
        }
    }
}
