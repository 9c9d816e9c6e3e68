//! Text rendered without hidden content: invisible and direction-changing characters appear as code points.
//! Must never let text become markup.

use crate::pages::escape;

/// Returns HTML that hides nothing of `text` and prevents it from changing the direction of its surroundings.
pub(super) fn visible(text: &str) -> String {
    let mut html = String::from("<bdi>");
    let mut plain = String::new();
    let mut inner = "";
    for (at, character) in text.char_indices() {
        if let Some(run) = isolate(&text[at..]) {
            html.push_str(&escape(&std::mem::take(&mut plain)));
            html.push_str("<bdi dir=\"rtl\">");
            inner = run;
        } else if character == END && !std::mem::take(&mut inner).is_empty() {
            html.push_str(&escape(&std::mem::take(&mut plain)));
            html.push_str("</bdi>");
        } else if is_hidden(character) {
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

/// The right-to-left isolate (U+2067) and its terminator (U+2069).
const START: char = '\u{2067}';
const END: char = '\u{2069}';

/// Returns the text inside an isolate if the isolate is terminated and contains no hidden character.
fn isolate(text: &str) -> Option<&str> {
    let (run, _) = text.strip_prefix(START)?.split_once(END)?;
    (!run.is_empty() && !run.contains(is_hidden)).then_some(run)
}

/// Returns `true` for controls, soft hyphens, joiners, direction marks, separators, variation selectors and tags.
fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(
            u32::from(character),
            0xAD | 0x34F | 0x61C | 0x115F | 0x1160 | 0x17B4 | 0x17B5 | 0x180B..=0x180F | 0x200B..=0x200F
                | 0x2028..=0x202E | 0x2060..=0x206F | 0x3164 | 0xFE00..=0xFE0F | 0xFEFF | 0xFFA0 | 0xFFF0..=0xFFFB
                | 0xE0000..=0xE0FFF
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bidi_isolate_becomes_an_element_and_other_bidi_controls_are_shown() {
        for (text, expected) in [
            ("a \u{2067}\u{5d0}\u{5d1}\u{2069} 1", "<bdi>a <bdi dir=\"rtl\">\u{5d0}\u{5d1}</bdi> 1</bdi>"),
            ("a\u{2067}b", "<bdi>a<span class=\"odd\">U+2067</span>b</bdi>"),
            ("a\u{2069}b", "<bdi>a<span class=\"odd\">U+2069</span>b</bdi>"),
            (
                "\u{2067}a\u{202e}\u{2069}",
                "<bdi><span class=\"odd\">U+2067</span>a<span class=\"odd\">U+202E</span><span class=\"odd\">U+2069</span></bdi>",
            ),
        ] {
            assert_eq!(visible(text), expected);
        }
    }
}
