//! All texts for people. Each message of the Fluent files (`en/*.ftl` and beside it the same for every other language) is
//! a method of [`Texts`], with its variables as parameters: a text that is not there does not compile, and neither does one
//! with a parameter too few. `build.rs` makes the methods; [`fill`] fills in the values.
//!
//! The server has every text. The browser's program has the methods of `browser.ftl` alone and no text: the page brings
//! the patterns in its language.

mod fill;
mod language;
#[cfg(not(feature = "browser"))]
mod stored;
#[cfg(feature = "browser")]
mod table;

pub use fill::fill;
pub use language::Language;

/// The texts in a language.
#[cfg(not(feature = "browser"))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Texts {
    language: Language,
}

/// The texts in the language of the page.
#[cfg(feature = "browser")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Texts;

#[cfg(not(feature = "browser"))]
use stored::{Form, Kind};

include!(concat!(env!("OUT_DIR"), "/texts.rs"));

#[cfg(not(feature = "browser"))]
impl Texts {
    /// Returns the texts in `language`.
    #[must_use]
    pub const fn of(language: Language) -> Self {
        Self { language }
    }

    /// Returns their language.
    #[must_use]
    pub const fn language(self) -> Language {
        self.language
    }

    /// Returns the patterns that the browser's program reads, in the order of its methods.
    #[must_use]
    pub fn browser(self) -> &'static [&'static str] {
        self.patterns().get(..BROWSER).unwrap_or_default()
    }

    fn patterns(self) -> &'static [&'static str] {
        PATTERNS.get(self.language as usize).map(<[_; _]>::as_slice).unwrap_or_default()
    }

    fn pattern(self, index: usize) -> &'static str {
        self.patterns().get(index).copied().unwrap_or_default()
    }
}
