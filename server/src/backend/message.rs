//! A message as the person typed it, parsed: what was accepted here needs no checking later.

use app::wire::{ApiError, BadInput, LONGEST_MESSAGE};

/// A message that can be taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Message(String);

/// Longest title, in characters.
const TITLE: usize = 60;

impl Message {
    /// Takes a text that is not blank, not too long, and holds no control characters but line breaks and tabs.
    pub(super) fn parse(text: &str) -> Result<Self, ApiError> {
        let text = text.replace("\r\n", "\n");
        let problem = if text.trim().is_empty() {
            BadInput::Empty
        } else if text.len() > LONGEST_MESSAGE {
            let length = u32::try_from(text.len()).unwrap_or(u32::MAX);
            BadInput::TooLong { length, limit: u32::try_from(LONGEST_MESSAGE).unwrap_or(u32::MAX) }
        } else if text.chars().any(|c| c.is_control() && c != '\n' && c != '\t') {
            BadInput::Control
        } else {
            return Ok(Self(text.trim().to_owned()));
        };
        Err(ApiError::Invalid(problem))
    }

    /// The beginning of the message, in one line.
    pub(super) fn title(&self) -> String {
        let line = self.0.split_whitespace().collect::<Vec<_>>().join(" ");
        match line.char_indices().nth(TITLE) {
            None => line,
            Some((end, _)) => format!("{}…", line[..end].trim_end()),
        }
    }

    pub(super) fn into_text(self) -> String {
        self.0
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test")]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_taken_is_named() {
        let long = "x".repeat(100 * 1024);
        let fits = "x".repeat(LONGEST_MESSAGE);
        assert!(Message::parse(&fits).is_ok());
        for (text, expected) in [
            ("", BadInput::Empty),
            (" \r\n\t ", BadInput::Empty),
            ("bell\u{7}", BadInput::Control),
            ("null\0", BadInput::Control),
            ("esc\u{1b}[31m", BadInput::Control),
            ("\u{9b}", BadInput::Control),
            (&long, BadInput::TooLong { length: 102_400, limit: 32_768 }),
        ] {
            assert_eq!(Message::parse(text), Err(ApiError::Invalid(expected)), "{text:.20?}");
        }
    }

    #[test]
    fn a_title_is_one_short_line() {
        assert_eq!(Message::parse(" What are\r\n my groups? ").unwrap().title(), "What are my groups?");
        let title = Message::parse(&"groß ".repeat(40)).unwrap().title();
        assert!(title.ends_with('…') && title.chars().count() <= TITLE + 1, "{title}");
    }
}
