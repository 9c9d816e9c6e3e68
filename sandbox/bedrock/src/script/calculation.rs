//! The calculation that a person's words ask for, in the notation of a calculator. The model calculates nothing itself.

use super::dates::{self, Date};
use super::sums::sum;
use super::units::conversion;

/// Returns the calculation with the byte offset at which it begins in `text`.
pub(super) fn calculation(text: &str, today: Option<Date>) -> Option<(usize, String)> {
    dates::question(text, today).or_else(|| conversion(text)).or_else(|| sum(text))
}
