//! Titles of conversations.

use serde::{Deserialize, Serialize};

/// Longest title, in characters as people count them.
pub const LONGEST_TITLE: usize = 120;

/// Longest title that is taken from a message, in characters.
const LONGEST_BEGINNING: usize = 60;

/// A title: one line that is not empty, of at most [`LONGEST_TITLE`] characters and without control characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Title(String);

/// The source of a conversation's title.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Titled {
    /// The beginning of the first message. The first call replaces it.
    Message,
    /// The summary of the first call.
    Action,
    /// The person. Nothing else replaces it.
    Person,
}

/// The reason why a text is no title.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadTitle {
    /// Nothing visible remains of it.
    #[error("it is empty")]
    Empty,
    /// It is longer than [`LONGEST_TITLE`].
    #[error("it has {0} characters")]
    TooLong(usize),
}

impl Title {
    /// Parses a title that a person typed.
    ///
    /// # Errors
    /// See [`BadTitle`].
    pub fn parse(text: &str) -> Result<Self, BadTitle> {
        let line = text::typed_line(text);
        if line.chars().all(text::is_hidden) {
            return Err(BadTitle::Empty);
        }
        match text::characters(&line) {
            length if length > LONGEST_TITLE => Err(BadTitle::TooLong(length)),
            _ => Ok(Self(line)),
        }
    }

    /// Returns the summary of a call as a title, cut to fit; `None` if nothing visible remains of it. Parts of a summary
    /// come from the model, so everything invisible is removed.
    #[must_use]
    pub fn of_summary(summary: &str) -> Option<Self> {
        let line = text::line(summary, usize::MAX);
        (!line.is_empty()).then(|| Self(cut(&line, LONGEST_TITLE)))
    }

    /// Returns the beginning of a message as a title; empty if the message is.
    #[must_use]
    pub fn of_message(message: &str) -> String {
        cut(&text::typed_line(message), LONGEST_BEGINNING)
    }

    /// The text of the title.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Cuts a line to `most` characters, the last of which then is an ellipsis.
fn cut(line: &str, most: usize) -> String {
    match text::beginning(line, most) {
        None => line.to_owned(),
        Some(_) => format!("{}…", text::beginning(line, most - 1).unwrap_or(line).trim_end()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_is_one_visible_line_that_people_count_to_120() {
        let family = "👩\u{200d}👩\u{200d}👧";
        for (typed, expected) in [
            ("  VPN\r\nat\u{7} home ", Ok("VPN at home".to_owned())),
            (&family.repeat(120), Ok(family.repeat(120))),
            (&"x".repeat(121), Err(BadTitle::TooLong(121))),
            ("", Err(BadTitle::Empty)),
            (" \u{200b}\u{202e}\n", Err(BadTitle::Empty)),
        ] {
            assert_eq!(Title::parse(typed).map(|title| title.0), expected, "{typed:?}");
        }
    }

    #[test]
    fn a_summary_or_a_message_is_cut_to_a_title() {
        let title = |summary: &str| Title::of_summary(summary).map(|title| title.0);
        assert_eq!(title("Reset the\npassword\u{202e}"), Some("Reset the password".to_owned()));
        assert_eq!(title(" \u{200b}"), None);
        let long = title(&"word ".repeat(100)).unwrap_or_default();
        assert!(long.ends_with("word…") && text::characters(&long) <= LONGEST_TITLE, "{long}");
        assert_eq!(Title::of_message(" What are\r\n my groups? "), "What are my groups?");
        let long = Title::of_message(&"groß ".repeat(40));
        assert!(long.ends_with('…') && text::characters(&long) <= LONGEST_BEGINNING, "{long}");
    }
}
