//! Sentences that are stored. A summary, an outcome, a reason of a tool is stored in English, because the ledger and the
//! model read it too. The reader's language is found by the English sentence: every message of `stored.ftl` is a form that
//! such a sentence can have.

use crate::{PATTERNS, STORED, Texts, fill};
use std::borrow::Cow;

/// A form that stored sentences can have.
pub(crate) struct Form {
    /// Its message.
    pub(crate) message: usize,
    /// The kinds of its variables.
    pub(crate) kinds: &'static [Kind],
}

/// The kind of a variable of a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A name, which is copied.
    Text,
    /// Digits, which are copied.
    Number,
    /// Something that has a form of its own.
    Sentence,
}

/// Sentences that a sentence may hold in each other.
const DEEPEST: u32 = 3;

impl Texts {
    /// Returns a stored English sentence in this language; unchanged if no form fits it, such as a text that a person, the
    /// model or another service wrote. Names are copied, so a sentence says the same in every language.
    #[must_use]
    pub fn stored(self, english: &str) -> Cow<'_, str> {
        self.translated(english, DEEPEST)
    }

    fn translated(self, english: &str, deeper: u32) -> Cow<'_, str> {
        if self.language() == crate::Language::English {
            return Cow::Borrowed(english);
        }
        let forms = PATTERNS.first().map(<[_; _]>::as_slice).unwrap_or_default();
        let pattern = |form: &Form| forms.get(form.message).copied().unwrap_or_default();
        // The form with the most text of its own comes first: a short one fits nearly everything.
        let found = STORED.iter().find_map(|form| {
            let values = values(pattern(form), english)?;
            let fits = |(kind, value): (&Kind, &&str)| {
                *kind != Kind::Number || (!value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()))
            };
            form.kinds.iter().zip(&values).all(fits).then_some((form, values))
        });
        let Some((form, values)) = found else { return Cow::Borrowed(english) };
        let value = |(kind, value): (&Kind, &&'_ str)| match kind {
            Kind::Sentence if deeper > 0 => self.translated(value, deeper - 1).into_owned(),
            Kind::Sentence | Kind::Text | Kind::Number => (*value).to_owned(),
        };
        let values: Vec<String> = form.kinds.iter().zip(&values).map(value).collect();
        let values: Vec<&str> = values.iter().map(String::as_str).collect();
        Cow::Owned(fill::fill(self.pattern(form.message), &values))
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
