//! The patterns of the page's language, in the browser.

use crate::Texts;
use std::cell::Cell;

thread_local! {
    static TABLE: Cell<&'static [String]> = const { Cell::new(&[]) };
}

impl Texts {
    /// Takes the patterns that the page brings. A page has one language, so this happens once, and they are never freed.
    pub fn load(patterns: Vec<String>) {
        TABLE.set(patterns.leak());
    }

    /// A page of another version may bring too few texts; its program says so where it notices that.
    pub(crate) fn pattern(self, index: usize) -> &'static str {
        TABLE.get().get(index).map(String::as_str).unwrap_or_default()
    }
}
