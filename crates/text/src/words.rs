//! Search for whole words: `eve@acme.example` does not occur in `maria.eve@acme.example`.

use crate::table::{is_hidden, is_mark, is_unspaced, script};

/// Characters that join the text on both of their sides to one word, address, number or path.
const JOINERS: &str = ".-_+'’@/\\:#&=%~$^\u{2010}\u{2011}";

/// A text to search for whole words, ignoring case and the amount of white space.
#[derive(Debug, Clone)]
pub struct Words(String);

impl Words {
    /// Prepares `text` for the search.
    #[must_use]
    pub fn of(text: &str) -> Self {
        Self(text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase())
    }

    /// Returns whether `wanted` occurs in the text as whole words. A joining character ends a word only before white
    /// space, a bracket or the text's end; `'s` also ends one.
    #[must_use]
    pub fn contain(&self, wanted: &Self) -> bool {
        let (Self(text), Self(wanted)) = (self, wanted);
        let (Some(first), Some(last)) = (wanted.chars().next(), wanted.chars().next_back()) else { return false };
        text.match_indices(wanted.as_str()).any(|(start, found)| {
            let (before, after) = (&text[..start], &text[start + found.len()..]);
            ends(before.chars().rev(), first) && (ends(after.chars(), last) || is_possessive(after))
        })
    }
}

/// Returns whether a word whose outermost character is `edge` ends before `beyond`.
fn ends(beyond: impl Iterator<Item = char>, edge: char) -> bool {
    if !is_part(edge) && !JOINERS.contains(edge) {
        return true;
    }
    let mut joined = false;
    for c in beyond {
        if is_part(c) {
            let (own, other) = (script(c), script(edge));
            return if joined { is_unspaced(own) } else { own != other && (is_unspaced(own) || is_unspaced(other)) };
        }
        if !JOINERS.contains(c) {
            return true;
        }
        joined = true;
    }
    true
}

fn is_possessive(after: &str) -> bool {
    let rest = ["'s", "’s"].iter().find_map(|ending| after.strip_prefix(ending));
    rest.is_some_and(|rest| rest.chars().next().is_none_or(|c| !is_part(c) && !JOINERS.contains(c)))
}

/// Returns whether the character belongs to a word. Invisible characters do, so they never end a word.
fn is_part(c: char) -> bool {
    c.is_alphanumeric() || is_mark(c) || is_hidden(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_not_a_part_of_a_longer_one() {
        let eve = "eve@acme.example";
        for (text, words, expected) in [
            ("Reset Eve@acme.example, please", eve, true),
            ("Reset eve@acme.example.", eve, true),
            ("reset eve@acme.example's password", eve, true),
            ("(eve@acme.example)", eve, true),
            ("**eve@acme.example** <eve@acme.example>", eve, true),
            ("bob@acme.example,eve@acme.example", eve, true),
            ("eve@acme.exampleのパスワード", eve, true),
            ("パスワードをeve@acme.exampleに", eve, true),
            ("eve@acme.example의", eve, true),
            ("Reset maria.eve@acme.example", eve, false),
            ("Reset maria-eve@acme.example", eve, false),
            ("Reset maria+eve@acme.example", eve, false),
            ("steve@acme.example", eve, false),
            ("eve@acme.example.evil.com", eve, false),
            ("eve@acme.example-evil.com", eve, false),
            ("maria\u{200b}eve@acme.example", eve, false),
            ("maria\u{301}eve@acme.example", eve, false),
            ("joanne@acme.example", "anne@acme.example", false),
            ("pat.o'neil@acme.example", "neil@acme.example", false),
            ("pat.o'neil@acme.example", "pat.o", false),
            ("the IT\n Helpdesk group", "it helpdesk", true),
            ("the IT Helpdesks", "it helpdesk", false),
            ("ticket T-7?", "T-7", true),
            ("ticket T-78", "T-7", false),
            ("ticket ST-7", "T-7", false),
            ("see #7", "7", true),
            ("田中太郎", "田中", false),
            ("田中の", "田中", true),
            ("anything", "  ", false),
        ] {
            assert_eq!(Words::of(text).contain(&Words::of(words)), expected, "{words} in {text}");
        }
    }
}
