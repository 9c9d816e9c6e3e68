//! A message that a person typed, checked once, so that later code need not check it again.

use agent::title::Title;
use app::wire::{ApiError, BadInput, LONGEST_MESSAGE};

/// A valid message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Message(String);

impl Message {
    /// Parses a text, which must be neither blank nor too long. Control characters of pasted text, such as colour
    /// codes, are replaced by their visible code points.
    pub(crate) fn parse(text: &str) -> Result<Self, ApiError> {
        let text = cleaned(text);
        let problem = if text.trim().is_empty() {
            BadInput::Empty
        } else if text.len() > LONGEST_MESSAGE {
            let length = u32::try_from(text.len()).unwrap_or(u32::MAX);
            BadInput::TooLong { length, limit: u32::try_from(LONGEST_MESSAGE).unwrap_or(u32::MAX) }
        } else {
            return Ok(Self(text.trim().to_owned()));
        };
        Err(ApiError::Invalid(problem))
    }

    /// Returns the beginning of the message on one line, as the title of a conversation.
    pub(crate) fn title(&self) -> String {
        Title::of_message(&self.0)
    }

    pub(crate) fn into_text(self) -> String {
        self.0
    }
}

/// Replaces every kind of line break by `\n`, and escapes every other control character but the tab.
fn cleaned(text: &str) -> String {
    let breaks = ['\r', '\u{b}', '\u{c}', '\u{85}', '\u{2028}', '\u{2029}'];
    let text = text.replace("\r\n", "\n").replace(breaks, "\n");
    text::escaped(&text, |c| c.is_control() && !matches!(c, '\n' | '\t'))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test")]
mod tests {
    use super::*;

    #[test]
    fn an_unacceptable_message_is_refused_with_its_reason() {
        let long = "x".repeat(100 * 1024);
        let fits = "x".repeat(LONGEST_MESSAGE);
        assert!(Message::parse(&fits).is_ok());
        for (text, expected) in [
            ("", BadInput::Empty),
            (" \r\n\t ", BadInput::Empty),
            ("\u{b}\u{85}", BadInput::Empty),
            (&long, BadInput::TooLong { length: 102_400, limit: 32_768 }),
        ] {
            assert_eq!(Message::parse(text), Err(ApiError::Invalid(expected)), "{text:.20?}");
        }
    }

    #[test]
    fn control_characters_of_pasted_text_are_shown_as_codes() {
        for (text, expected) in [
            ("bell\u{7}", "bell⟨U+0007⟩"),
            ("null\0", "null⟨U+0000⟩"),
            ("\u{1b}[31mred\u{1b}[0m", "⟨U+001B⟩[31mred⟨U+001B⟩[0m"),
            ("\u{9b}31m", "⟨U+009B⟩31m"),
            ("one\u{b}two\u{85}three\rfour\u{2028}five\tsix", "one\ntwo\nthree\nfour\nfive\tsix"),
        ] {
            assert_eq!(Message::parse(text).unwrap().into_text(), expected);
        }
    }
}
