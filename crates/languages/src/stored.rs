//! Sentences that are stored. A summary, an outcome, a reason of a tool is stored in English, because the ledger and the
//! model read it too. The reader's language is found by the English sentence: every message of `stored.ftl` is a form that
//! such a sentence can have.

use crate::{IDS, PATTERNS, STORED, Texts, fill};
use std::borrow::Cow;

impl Texts {
    /// Returns a stored English sentence in this language; unchanged if no form fits it, such as a text that a person, the
    /// model or another service wrote. Values are copied, so a sentence says the same in every language.
    #[must_use]
    pub fn stored(self, english: &str) -> Cow<'_, str> {
        let forms = PATTERNS.first().map(<[_; _]>::as_slice).unwrap_or_default();
        // The form with the most text of its own comes first: a short one fits nearly everything.
        let found = STORED.iter().find_map(|index| Some((*index, values(forms.get(*index)?, english)?)));
        match found {
            Some((index, values)) if self.pattern(index) != forms.get(index).copied().unwrap_or_default() => {
                Cow::Owned(fill::fill(self.pattern(index), &values))
            }
            _ => Cow::Owned(english.to_owned()),
        }
    }

    /// Returns the ids of all messages.
    #[must_use]
    pub const fn ids() -> &'static [&'static str] {
        &IDS
    }
}

/// Returns the values with which `form` is `sentence`, by the places of the variables; `None` if it is not.
fn values<'a>(form: &str, sentence: &'a str) -> Option<Vec<&'a str>> {
    let mut pieces = form.split('\u{1}');
    let mut rest = sentence.strip_prefix(pieces.next()?)?;
    let mut found = Vec::new();
    let mut pieces = pieces.peekable();
    while let Some(piece) = pieces.next() {
        let (place, text) = piece.split_at_checked(1)?;
        let value = match (text, pieces.peek()) {
            (text, None) => rest.strip_suffix(text)?,
            (text, Some(_)) => &rest[..rest.find(text).filter(|_| !text.is_empty())?],
        };
        rest = rest.get(value.len() + text.len()..)?;
        let place: usize = place.parse().ok()?;
        if found.len() <= place {
            found.resize(place + 1, "");
        }
        found[place] = value;
    }
    rest.is_empty().then_some(found)
}
