//! Removal of invisible characters from foreign text, with a length limit.

use crate::table::is_hidden;

/// Returns one line of at most `longest` characters. Each run of white space becomes one blank.
#[must_use]
pub fn line(text: &str, longest: usize) -> String {
    let seen: String =
        text.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).filter(|c| !is_hidden(*c)).collect();
    let words = seen.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
    cut(&words, longest)
}

/// Returns text of at most `longest` characters. Line breaks and tabs are kept.
#[must_use]
pub fn multiline(text: &str, longest: usize) -> String {
    let seen: String = text.chars().filter(|c| matches!(c, '\n' | '\t') || !is_hidden(*c)).collect();
    cut(&seen, longest)
}

/// Returns one line that a person typed. Control characters and characters that change the text direction are removed;
/// the joiners of emoji and scripts are kept. Each run of white space becomes one blank.
#[must_use]
pub fn typed_line(text: &str) -> String {
    let turns = |c| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let seen: String = text.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).collect();
    let seen: String = seen.chars().filter(|c| !c.is_control() && !turns(*c)).collect();
    seen.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

fn cut(text: &str, longest: usize) -> String {
    match text.char_indices().nth(longest) {
        Some((end, _)) => format!("{}… (cut)", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typed_line_keeps_emoji_and_loses_controls() {
        for (text, expected) in [
            (" two\r\n lines\t", "two lines"),
            ("a\u{7}\u{1b}[31mb\u{202e}c\u{2066}d", "a[31mbcd"),
            ("👩\u{200d}🔧 \u{1f1e9}\u{1f1ea}", "👩\u{200d}🔧 \u{1f1e9}\u{1f1ea}"),
            ("\0\u{2028}\u{85}", ""),
        ] {
            assert_eq!(typed_line(text), expected);
        }
    }

    #[test]
    fn no_hidden_character_remains_and_the_length_is_limited() {
        for (text, one, many) in [
            ("The  weather.\n\nNow.", "The weather. Now.", "The  weather.\n\nNow."),
            ("a\u{202e}b\u{2066}c\u{200b}d\u{e0073}", "abcd", "abcd"),
            ("\u{1b}[2Jclear\u{0}\u{9b}31m", "[2Jclear31m", "[2Jclear31m"),
            ("a\u{3164}b\u{a0}c", "ab c", "ab\u{a0}c"),
            (&"x".repeat(41), &format!("{}… (cut)", "x".repeat(40)), &format!("{}… (cut)", "x".repeat(40))),
        ] {
            assert_eq!((line(text, 40), multiline(text, 40)), (one.to_owned(), many.to_owned()));
        }
    }
}
