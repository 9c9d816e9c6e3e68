//! Text from outside, made fit to be shown and compared. One table says which characters nobody sees; everything that a
//! person approves, that a card shows, or that a model is told of an MCP server goes through it.
//!
//! [`shown`] is what a person is asked about: [`visible`] escapes, [`isolated`] keeps right-to-left runs in their place.
//! [`look_alikes`] names deceiving letters;
//! [`Words`] and [`Decimal::written_in`] tell whether a person wrote something.

mod clean;
mod escape;
mod isolate;
mod look_alike;
mod number;
mod table;
mod words;

pub use clean::{line, multiline};
pub use escape::{escaped, prose, visible};
pub use isolate::isolated;
pub use look_alike::{LookAlike, look_alikes};
pub use number::Decimal;
pub use table::is_hidden;
pub use words::Words;

/// One line for whoever approves it: nothing hidden in it, and nothing that moves what stands beside it.
#[must_use]
pub fn shown(text: &str) -> String {
    isolated(&visible(text))
}
