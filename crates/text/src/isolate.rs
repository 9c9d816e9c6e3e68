//! Isolation of right-to-left text, so that a run of it does not reorder digits, signs or words next to it (UAX #9,
//! isolates).

use crate::table::{is_mark, is_right_to_left};

/// Encloses each right-to-left run in U+2067 and U+2069. A run consists of letters, their marks and the blanks between
/// them, so that everything else keeps its logical order. Expects text without invisible characters, as returned by
/// [`crate::visible`].
#[must_use]
pub fn isolated(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(is_right_to_left) {
        let (before, run) = rest.split_at(start);
        let (run, after) = run.split_at(length(run));
        shown.push_str(before);
        shown.push('\u{2067}');
        shown.push_str(run);
        shown.push('\u{2069}');
        rest = after;
    }
    shown.push_str(rest);
    shown
}

/// The length of the run at the start of the text, in bytes.
fn length(run: &str) -> usize {
    let mut end = 0;
    for (at, c) in run.char_indices() {
        if is_right_to_left(c) || is_mark(c) {
            end = at + c.len_utf8();
        } else if c != ' ' {
            break;
        }
    }
    end
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_right_to_left_run_does_not_reorder_its_neighbours() {
        for (text, expected) in [
            ("Pay 100 to bob", "Pay 100 to bob"),
            ("דוד 100 200", "\u{2067}דוד\u{2069} 100 200"),
            ("{\"to\":\"דוד לוי\",\"amount\":12}", "{\"to\":\"\u{2067}דוד לוי\u{2069}\",\"amount\":12}"),
            ("aבc עִb", "a\u{2067}ב\u{2069}c \u{2067}עִ\u{2069}b"),
            ("٣٤ apples", "\u{2067}٣٤\u{2069} apples"),
        ] {
            assert_eq!(isolated(text), expected);
        }
    }
}
