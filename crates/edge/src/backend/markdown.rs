//! Renders the model's Markdown as inert HTML: no raw HTML, no images (loading one would send data to its server), and
//! only absolute http, https and mailto links, each followed by its address.
//!
//! The writer knows a closed set of tags and attributes, so no text of a model can become markup, name an element of
//! the page, or carry a style, which the content security policy would refuse.

mod stream;
#[cfg(test)]
mod tests;
mod writer;

pub(super) use stream::{finished_blocks, open_text};

use pulldown_cmark::{Options, Parser};
use text::prose;

/// Renders `text` as sanitized HTML. Time and size are linear in the length of `text`.
pub(super) fn html(text: &str) -> String {
    writer::written(parser(&prose(text)))
}

fn parser(text: &str) -> Parser<'_> {
    Parser::new_ext(text, Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TABLES | Options::ENABLE_TASKLISTS)
}
