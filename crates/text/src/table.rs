//! Classes of characters by their Unicode properties (UAX #44), as compiled into ICU4X.

use icu_properties::props::{BidiClass, DefaultIgnorableCodePoint, GeneralCategory, Script};
use icu_properties::{CodePointMapData, CodePointSetData};

/// Characters with a visible category that are nevertheless blank: Braille blank, object replacement, Khitan filler,
/// Egyptian blanks, the null note head.
const BLANK: [char; 6] = ['\u{2800}', '\u{fffc}', '\u{16fe4}', '\u{13441}', '\u{13442}', '\u{1d159}'];

/// Returns whether the character is not visible as itself: it has no glyph, controls a terminal, changes the text
/// direction, or depends on the font (private use).
#[must_use]
pub fn is_hidden(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_control();
    }
    let invisible = matches!(
        category(c),
        GeneralCategory::Control
            | GeneralCategory::Format
            | GeneralCategory::Surrogate
            | GeneralCategory::PrivateUse
            | GeneralCategory::Unassigned
            | GeneralCategory::LineSeparator
            | GeneralCategory::ParagraphSeparator
    );
    invisible || CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(c) || BLANK.contains(&c)
}

/// Returns whether the character is a space that looks like U+0020.
pub(crate) fn is_odd_space(c: char) -> bool {
    c != ' ' && category(c) == GeneralCategory::SpaceSeparator
}

/// Returns whether the character is drawn over or around the preceding one.
pub(crate) fn is_mark(c: char) -> bool {
    matches!(
        category(c),
        GeneralCategory::NonspacingMark | GeneralCategory::EnclosingMark | GeneralCategory::SpacingMark
    )
}

/// Returns whether the character is a digit of any script.
pub(crate) fn is_digit(c: char) -> bool {
    category(c) == GeneralCategory::DecimalNumber
}

/// Returns whether the character runs from right to left and may reorder the text next to it (UAX #9).
pub(crate) fn is_right_to_left(c: char) -> bool {
    let class = CodePointMapData::<BidiClass>::new().get(c);
    class == BidiClass::RightToLeft || class == BidiClass::ArabicLetter || class == BidiClass::ArabicNumber
}

/// The script of a letter.
pub(crate) fn script(c: char) -> Script {
    CodePointMapData::<Script>::new().get(c)
}

/// Returns whether the script is one of those that are combined in East Asia (UTS #39, highly restrictive).
pub(crate) fn is_east_asian(script: Script) -> bool {
    [Script::Han, Script::Hiragana, Script::Katakana, Script::Hangul, Script::Bopomofo].contains(&script)
}

/// Returns whether words of the script follow each other without a space, or take particles without one.
pub(crate) fn is_unspaced(script: Script) -> bool {
    is_east_asian(script) || [Script::Thai, Script::Lao, Script::Khmer, Script::Myanmar].contains(&script)
}

fn category(c: char) -> GeneralCategory {
    CodePointMapData::<GeneralCategory>::new().get(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invisible_characters_are_hidden_and_letters_are_not() {
        let hidden = [
            '\0',
            '\n',
            '\u{1b}',
            '\u{7f}',
            '\u{85}',
            '\u{9b}',
            '\u{ad}',
            '\u{34f}',
            '\u{61c}',
            '\u{115f}',
            '\u{1160}',
            '\u{17b4}',
            '\u{180b}',
            '\u{180e}',
            '\u{200b}',
            '\u{200d}',
            '\u{200f}',
            '\u{2028}',
            '\u{2029}',
            '\u{202e}',
            '\u{2060}',
            '\u{2066}',
            '\u{206f}',
            '\u{2800}',
            '\u{3164}',
            '\u{e000}',
            '\u{fe0f}',
            '\u{feff}',
            '\u{ffa0}',
            '\u{fff9}',
            '\u{fffb}',
            '\u{fffc}',
            '\u{1bca0}',
            '\u{1d159}',
            '\u{1d173}',
            '\u{e0041}',
            '\u{e0100}',
            '\u{f0000}',
            '\u{10ffff}',
        ];
        assert!(
            hidden.iter().all(|c| is_hidden(*c)),
            "{:?}",
            hidden.iter().filter(|c| !is_hidden(**c)).collect::<Vec<_>>()
        );
        assert!("aZ09 ~@öß中あ한ไ🚲عא€…́".chars().all(|c| !is_hidden(c)));
        assert!(is_odd_space('\u{a0}') && is_odd_space('\u{202f}') && !is_odd_space(' '));
    }
}
