//! Splits an answer that is still being written into the blocks that are finished and the one that is open.

use super::{html, parser};
use pulldown_cmark::{Event, Tag};
use std::ops::Range;
use text::prose;

/// Returns the HTML of the leading blocks that no further text can change, and the rest of `text`.
///
/// A block is finished when another one follows it, a blank line ends it, or its own end has been read (a heading, a
/// rule, a fence). Lists stay open over blank lines, since the next line can belong to them. The HTML of all parts, and
/// of the last rest by [`html`], is the HTML of the whole, but for links whose address is defined in another part.
///
/// Reads the whole of `text`: call it with the rest and what was appended, not with the answer from its beginning.
pub(in super::super) fn finished_blocks(text: &str) -> (String, &str) {
    let (finished, rest) = text.split_at(end_of_finished(text));
    (html(finished), rest)
}

/// Returns `rest`, the open block of an answer, as plain text without the marks of emphasis, code, lists, headings and
/// tables. Text within a fence keeps all its characters.
pub(in super::super) fn open_text(rest: &str) -> String {
    let mut fence: Option<Fence> = None;
    let mut lines = Vec::new();
    for line in prose(rest).lines() {
        match (fence, Fence::of(line)) {
            (Some(open), Some(end)) if open.is_closed_by(end) => fence = None,
            (Some(_), _) => lines.push(line.to_owned()),
            (None, Some(open)) => fence = Some(open),
            (None, None) if is_table_rule(line) => {}
            (None, None) => lines.push(plain(line)),
        }
    }
    lines.join("\n").trim_end().to_owned()
}

/// The kinds of top-level blocks, by what ends them.
#[derive(Clone, Copy, PartialEq, Eq)]
enum EndsBy {
    /// The end of its last line.
    Line,
    /// A line that closes the fence.
    Fence,
    /// A blank line.
    Blank,
    /// Only the next block.
    Next,
}

fn end_of_finished(text: &str) -> usize {
    let complete = text.rfind('\n').map_or(0, |at| at + 1);
    let (done, begun) = text.split_at(complete);
    // After a blank line, a line with a letter has shown if it continues the block before.
    let is_settled = begun.contains(char::is_alphabetic) && ends_blank(done);
    let read = if is_settled { text } else { done };
    let Some((block, ends)) = last_block(read) else { return 0 };
    let line_end = read[block.end..].find('\n').map(|at| block.end + at + 1);
    let after = if read[..block.end].ends_with('\n') { Some(block.end) } else { line_end };
    let finished = after.filter(|after| match ends {
        EndsBy::Line => true,
        EndsBy::Fence => is_closed_fence(&read[block.clone()]),
        EndsBy::Blank => read[*after..].split_inclusive('\n').next().is_some_and(is_blank_line),
        EndsBy::Next => false,
    });
    match finished {
        Some(after) => after + blank_lines(&read[after..]),
        None => read[..block.start].rfind(['\n', '\r']).map_or(0, |at| at + 1),
    }
}

/// Returns the last top-level block of `text`.
fn last_block(text: &str) -> Option<(Range<usize>, EndsBy)> {
    let mut depth = 0_usize;
    let mut last = None;
    for (event, range) in parser(text).into_offset_iter() {
        match event {
            Event::Start(tag) => {
                if depth == 0 {
                    last = Some((range, ends_by(&tag)));
                }
                depth += 1;
            }
            Event::End(_) => depth -= 1,
            Event::Rule if depth == 0 => last = Some((range, EndsBy::Line)),
            _ => {}
        }
    }
    last
}

fn ends_by(tag: &Tag<'_>) -> EndsBy {
    match tag {
        Tag::Heading { .. } => EndsBy::Line,
        Tag::CodeBlock(pulldown_cmark::CodeBlockKind::Fenced(_)) => EndsBy::Fence,
        Tag::Paragraph | Tag::BlockQuote(_) | Tag::Table(_) => EndsBy::Blank,
        _ => EndsBy::Next,
    }
}

fn is_blank_line(line: &str) -> bool {
    line.ends_with('\n') && line.chars().all(|c| matches!(c, ' ' | '\t' | '\r' | '\n'))
}

fn ends_blank(text: &str) -> bool {
    text.split_inclusive('\n').next_back().is_some_and(is_blank_line)
}

/// Returns the length of the blank lines at the beginning.
fn blank_lines(text: &str) -> usize {
    text.split_inclusive('\n').take_while(|line| is_blank_line(line)).map(str::len).sum()
}

fn is_closed_fence(block: &str) -> bool {
    let mut lines = block.trim_end().lines();
    let (Some(first), Some(last)) = (lines.next(), lines.next_back()) else { return false };
    matches!((Fence::of(first), Fence::of(last)), (Some(open), Some(end)) if open.is_closed_by(end))
}

/// A line that opens or closes a fenced code block
/// ([CommonMark 4.5](https://spec.commonmark.org/0.31.2/#fenced-code-blocks)).
#[derive(Clone, Copy)]
struct Fence {
    mark: char,
    length: usize,
    has_info: bool,
}

impl Fence {
    fn of(line: &str) -> Option<Self> {
        let line = line.trim();
        let mark = line.chars().next().filter(|mark| matches!(mark, '`' | '~'))?;
        let info = line.trim_start_matches(mark);
        let length = line.len() - info.len();
        let is_code_span = mark == '`' && info.contains('`');
        (length >= 3 && !is_code_span).then_some(Self { mark, length, has_info: !info.is_empty() })
    }

    const fn is_closed_by(self, end: Self) -> bool {
        self.mark == end.mark && end.length >= self.length && !end.has_info
    }
}

/// Returns true for the rule between a table's head and its rows.
fn is_table_rule(line: &str) -> bool {
    line.contains('|') && line.contains('-') && line.chars().all(|c| matches!(c, '|' | '-' | ':' | ' ' | '\t'))
}

fn plain(line: &str) -> String {
    let text = line.trim_start();
    let indent = &line[..line.len() - text.len()];
    let text = ["- ", "* ", "+ ", "> "].iter().find_map(|mark| text.strip_prefix(mark)).unwrap_or(text);
    let hashes = text.trim_start_matches('#');
    let is_heading = (1..=6).contains(&(text.len() - hashes.len())) && hashes.starts_with([' ', '\t']);
    let text = if is_heading { hashes.trim_start() } else { text };
    let text = text.replace("**", "").replace('`', "");
    // The second mark of an emphasis may not have arrived.
    let text = text.trim_end_matches('*');
    match text.strip_prefix('|') {
        Some(row) => {
            let cells: Vec<&str> = row.trim_end_matches('|').split('|').map(str::trim).collect();
            format!("{indent}{}", cells.join("  "))
        }
        None => format!("{indent}{text}"),
    }
}
