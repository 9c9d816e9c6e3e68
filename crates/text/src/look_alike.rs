//! Letters that can be mistaken for others: words of mixed scripts, and characters that look like plain ones (UTS #39).

use crate::table::{is_digit, is_east_asian, script};
use icu_normalizer::ComposingNormalizerBorrowed;
use icu_properties::PropertyNamesLong;
use icu_properties::props::Script;
use std::fmt;

/// Latin letters that look like plain ones without a decomposition to them: dotless i and j, long s, iota, alpha,
/// script g, clicks.
const LATIN: [char; 9] =
    ['\u{131}', '\u{237}', '\u{17f}', '\u{196}', '\u{269}', '\u{251}', '\u{261}', '\u{1c0}', '\u{1c3}'];

/// Punctuation of addresses and paths, whose wide or small forms are look-alikes. Wide commas and the like are common
/// in East Asia and separate nothing that matters to an action.
const SIGNS: &str = "@._-/+=#&%";

/// A word that can be mistaken for another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LookAlike {
    /// The word.
    pub word: String,
    /// The deceptive characters, each once, in order.
    pub characters: Vec<char>,
}

impl fmt::Display for LookAlike {
    /// The word with the code point and the script of each character: `аcme has а U+0430 Cyrillic`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} has ", self.word)?;
        for (place, c) in self.characters.iter().enumerate() {
            let comma = if place == 0 { "" } else { ", " };
            write!(f, "{comma}{c} U+{:04X}", u32::from(*c))?;
            if let Some(name) = PropertyNamesLong::<Script>::new().get(script(*c)).filter(|_| is_lettered(*c)) {
                write!(f, " {name}")?;
            }
        }
        Ok(())
    }
}

/// Returns the words that can be mistaken for others: they mix letters of scripts that are not normally combined, or
/// contain characters that look like plain ones. An address is one word.
#[must_use]
pub fn look_alikes(text: &str) -> Vec<LookAlike> {
    let between = |c: char| c.is_whitespace() || "\"'“”‘’«»()<>[]{},;:|".contains(c);
    let mut found: Vec<LookAlike> = Vec::new();
    for word in text.split(between) {
        let mut characters: Vec<char> = Vec::new();
        odd(word).for_each(|c| {
            if !characters.contains(&c) {
                characters.push(c);
            }
        });
        if !characters.is_empty() && found.iter().all(|known| known.word != word) {
            found.push(LookAlike { word: word.to_owned(), characters });
        }
    }
    found
}

/// Returns the characters that do not fit the rest of a word.
fn odd(word: &str) -> impl Iterator<Item = char> {
    let latin = word.chars().any(|c| script(c) == Script::Latin);
    let digits = word.chars().any(|c| c.is_ascii_digit());
    let base = if latin { Some(Script::Latin) } else { word.chars().find(|c| is_lettered(*c)).map(script) };
    let foreign = move |c: char| {
        let own = script(c);
        let together =
            Some(own) == base || (is_east_asian(own) && base.is_none_or(|it| it == Script::Latin || is_east_asian(it)));
        is_lettered(c) && !together
    };
    word.chars().filter(move |c| {
        !c.is_ascii() && (foreign(*c) || LATIN.contains(c) || is_wide(*c) || (is_digit(*c) && (latin || digits)))
    })
}

/// Returns whether the character belongs to a specific script.
fn is_lettered(c: char) -> bool {
    ![Script::Common, Script::Inherited, Script::Unknown].contains(&script(c))
}

/// Returns whether the character is a variant of a plain letter, digit or sign, such as a wide or a mathematical one.
fn is_wide(c: char) -> bool {
    let mut own = [0; 4];
    let plain = ComposingNormalizerBorrowed::new_nfkc().normalize(c.encode_utf8(&mut own)).into_owned();
    let mut plain = plain.chars();
    matches!((plain.next(), plain.next()), (Some(c), None) if c.is_ascii_alphanumeric() || SIGNS.contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_with_look_alike_letters_are_named() {
        for (text, expected) in [
            ("Reset bob@acme.example, größe naïve Đặng İstanbul", vec![]),
            ("привет мир", vec![]),
            ("okta管理 東京タワー カタカナ 한글漢字", vec![]),
            ("שלום عالم", vec![]),
            ("bob@\u{430}cme.example", vec!["bob@аcme.example has а U+0430 Cyrillic"]),
            ("{\"user\":\"\u{435}v\u{435}\"}", vec!["еvе has е U+0435 Cyrillic"]),
            ("\u{441}\u{43e}@acme.example", vec!["со@acme.example has с U+0441 Cyrillic, о U+043E Cyrillic"]),
            ("p\u{3b1}y", vec!["pαy has α U+03B1 Greek"]),
            ("\u{ff41}dmin", vec!["ａdmin has ａ U+FF41 Latin"]),
            ("\u{1d41a}dmin", vec!["𝐚dmin has 𝐚 U+1D41A"]),
            ("adm\u{131}n", vec!["admın has ı U+0131 Latin"]),
            ("bob\u{ff20}acme", vec!["bob＠acme has ＠ U+FF20"]),
            ("a\u{2024}example", vec!["a․example has ․ U+2024"]),
            ("1\u{9ea}0", vec!["1৪0 has ৪ U+09EA Bengali"]),
        ] {
            let named: Vec<String> = look_alikes(text).iter().map(ToString::to_string).collect();
            assert_eq!(named, expected, "{text}");
        }
    }
}
