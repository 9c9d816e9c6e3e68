//! Text from outside, prepared for display and comparison. One table defines the invisible characters; everything that
//! a person approves, that a card shows, or that a model receives about an MCP server passes through this crate.
//!
//! [`shown`] prepares text for a question to a person: [`visible`] escapes, [`isolated`] keeps right-to-left runs in
//! their place. [`look_alikes`] finds deceptive letters. [`Words`] and [`Decimal::written_in`] determine whether a
//! person wrote something. [`search_words`] folds text for a search.

mod characters;
mod clean;
mod escape;
mod isolate;
mod look_alike;
mod number;
mod search;
mod table;
mod words;

pub use characters::{beginning, characters};
pub use clean::{line, multiline, typed_line};
pub use escape::{escaped, prose, visible};
pub use isolate::isolated;
pub use look_alike::{LookAlike, look_alikes};
pub use number::Decimal;
pub use search::search_words;
pub use table::is_hidden;
pub use words::Words;

/// Returns one line for a person's approval: it contains nothing invisible, and nothing that reorders the text around
/// it.
#[must_use]
pub fn shown(text: &str) -> String {
    isolated(&visible(text))
}
