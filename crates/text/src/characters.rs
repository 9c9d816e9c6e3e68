//! Characters as people count them: extended grapheme clusters (UAX #29). A flag, a family and a letter with its marks
//! are one each.

use unicode_segmentation::UnicodeSegmentation;

/// Returns the number of characters.
#[must_use]
pub fn characters(text: &str) -> usize {
    text.graphemes(true).count()
}

/// Returns the first `most` characters of a longer text; `None` if the text is not longer.
#[must_use]
pub fn beginning(text: &str, most: usize) -> Option<&str> {
    text.grapheme_indices(true).nth(most).map(|(end, _)| &text[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_are_counted_as_people_count_them() {
        for (text, count, two) in [
            ("", 0, None),
            ("ab", 2, None),
            ("e\u{301}te\u{301}", 3, Some("e\u{301}t")),
            ("👩\u{200d}👧🇩🇪!", 3, Some("👩\u{200d}👧🇩🇪")),
        ] {
            assert_eq!((characters(text), beginning(text, 2)), (count, two), "{text}");
        }
    }
}
