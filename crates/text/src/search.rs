//! Folding of text for a search: lower case, without diacritics, split into words.

use crate::table::{is_hidden, is_mark, is_unspaced, script};
use icu_normalizer::{ComposingNormalizerBorrowed, DecomposingNormalizerBorrowed};
use icu_properties::props::Script;

/// Longest word, in characters; the rest of a longer one is ignored.
const LONGEST_WORD: usize = 32;

/// Returns the folded words of a text, in order: lower case, compatibility forms replaced, diacritics removed. A
/// character of a script that is written without spaces is a word of its own; Hangul is not such a script here, since
/// its particles follow the word and a search by prefix finds it.
pub fn search_words(text: &str) -> impl Iterator<Item = String> {
    let mut words = vec![String::new()];
    for c in folded(text).chars() {
        let alone = is_unspaced(script(c)) && script(c) != Script::Hangul;
        if !c.is_alphanumeric() {
            words.push(String::new());
        } else if alone {
            words.extend([c.to_string(), String::new()]);
        } else if let Some(word) = words.last_mut() {
            word.push(c);
        }
    }
    words.into_iter().filter(|word| !word.is_empty()).map(|word| word.chars().take(LONGEST_WORD).collect())
}

fn folded(text: &str) -> String {
    let apart = DecomposingNormalizerBorrowed::new_nfkd();
    // A soft hyphen or a joiner is a part of its word; a line break is not.
    let seen: String = text.chars().filter(|c| c.is_whitespace() || !is_hidden(*c)).collect();
    let lower = apart.normalize(&seen).to_lowercase();
    let bare: String = apart.normalize(&lower).chars().filter(|c| !is_mark(*c)).collect();
    ComposingNormalizerBorrowed::new_nfc().normalize(&bare).replace('ß', "ss")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_folded_and_split() {
        let long = "x".repeat(100);
        for (text, expected) in [
            ("Reset bob@Acme.example!", &["reset", "bob", "acme", "example"][..]),
            ("Größe GRÖSSE", &["grosse", "grosse"]),
            ("İstanbul E\u{301}té ﬁx Ｗｉｄｅ", &["istanbul", "ete", "fix", "wide"]),
            ("soft\u{ad}hyphen one\ntwo\ttickets T-78", &["softhyphen", "one", "two", "tickets", "t", "78"]),
            ("田中 VPNが", &["田", "中", "vpn", "か"]),
            ("비밀번호를", &["비밀번호를"]),
            (&long, &[&long[..32]]),
            (" \u{200b}—…", &[]),
        ] {
            assert_eq!(search_words(text).collect::<Vec<_>>(), expected, "{text}");
        }
    }
}
