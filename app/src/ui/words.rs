//! Sentences with names in code type. A sentence has its names at different places in each language, so it is put together
//! with marks first.

use leptos::prelude::*;

/// Stand for the names while a sentence is put together.
pub(crate) const NAMES: [&str; 2] = ["\u{e}", "\u{f}"];

/// A part of a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Word {
    /// Text.
    Plain(String),
    /// A name, set in code type.
    Name(String),
}

/// Returns the words of a sentence that names nothing.
pub(crate) fn plain(text: impl Into<String>) -> Vec<Word> {
    vec![Word::Plain(text.into())]
}

/// Returns the words of a sentence with `names` at the places of [`NAMES`].
pub(crate) fn with_names(sentence: &str, names: [&str; 2]) -> Vec<Word> {
    let mut words = Vec::new();
    for piece in sentence.split_inclusive(['\u{e}', '\u{f}']) {
        let (plain, name) = match (piece.strip_suffix(NAMES[0]), piece.strip_suffix(NAMES[1])) {
            (Some(plain), _) => (plain, Some(names[0])),
            (_, Some(plain)) => (plain, Some(names[1])),
            (None, None) => (piece, None),
        };
        words.push(Word::Plain(plain.to_owned()));
        words.extend(name.map(|name| Word::Name(name.to_owned())));
    }
    words
}

/// Renders a sentence.
pub(crate) fn said(words: Vec<Word>) -> AnyView {
    words
        .into_iter()
        .map(|word| match word {
            Word::Plain(text) => view! { <span>{text}</span> }.into_any(),
            Word::Name(text) => view! { <code>{text}</code> }.into_any(),
        })
        .collect_view()
        .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stand_where_the_language_puts_them() {
        let (plain, name) = (|text: &str| Word::Plain(text.into()), |text: &str| Word::Name(text.into()));
        for (sentence, expected) in [
            ("it needs \u{e} on \u{f}.", vec![plain("it needs "), name("r"), plain(" on "), name("o"), plain(".")]),
            ("\u{f} braucht \u{e}", vec![plain(""), name("o"), plain(" braucht "), name("r")]),
            ("none", vec![plain("none")]),
            ("", vec![]),
        ] {
            assert_eq!(with_names(sentence, ["r", "o"]), expected, "{sentence:?}");
        }
    }
}
