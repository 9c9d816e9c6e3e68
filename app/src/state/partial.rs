//! The block of text that the model is writing.

/// The unfinished block.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Partial {
    /// Its finished parts as HTML, sanitized on the server.
    pub html: String,
    /// Its open part as plain text.
    pub text: String,
}

impl Partial {
    /// Returns `true` if nothing is written yet.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.html.is_empty() && self.text.is_empty()
    }
}
