//! Writes the events of a parsed text as HTML.

use pulldown_cmark::{Alignment, CodeBlockKind, CowStr, Event, HeadingLevel, Tag, TagEnd};
use std::borrow::Cow;

/// Most levels of quotes and lists within one another. Deeper ones lose their frame and keep their text: a browser
/// needs time for each level.
const MOST_NESTED: usize = 12;

/// Most emphases within one another; see [`MOST_NESTED`].
const MOST_STYLES: usize = 6;

/// Most cells of one text that are written although they are empty. The parser completes each row to the width of its
/// head, so few characters could ask for a very large table.
const MOST_EMPTY_CELLS: usize = 1_000;

/// Longest name of a language above a code block, in bytes.
const LONGEST_LANGUAGE: usize = 20;

/// Returns the HTML of `events`.
pub(super) fn written<'a>(events: impl Iterator<Item = Event<'a>>) -> String {
    let mut writer = Writer::default();
    events.for_each(|event| writer.event(event));
    writer.html
}

#[derive(Default)]
struct Writer {
    html: String,
    /// The end of each open element; empty for one that is not written.
    open: Vec<Cow<'static, str>>,
    nested: usize,
    styles: usize,
    in_link: bool,
    table: Table,
}

/// The table that is being written.
#[derive(Default)]
struct Table {
    alignments: Vec<Alignment>,
    column: usize,
    in_head: bool,
    /// The length of the HTML before the current cell, and before its content.
    cell: (usize, usize),
    empty_cells: usize,
}

impl Writer {
    fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => {
                let end = self.start(tag);
                self.open.push(end);
            }
            Event::End(tag) => self.end(tag),
            Event::Text(text)
            | Event::Html(text)
            | Event::InlineHtml(text)
            | Event::InlineMath(text)
            | Event::DisplayMath(text)
            | Event::FootnoteReference(text) => escape(&text, &mut self.html),
            Event::Code(text) => {
                self.html.push_str("<code>");
                escape(&text, &mut self.html);
                self.html.push_str("</code>");
            }
            Event::SoftBreak => self.html.push('\n'),
            Event::HardBreak => self.html.push_str("<br>\n"),
            Event::Rule => self.html.push_str("<hr>\n"),
            Event::TaskListMarker(done) => self.html.push_str(if done { "☑ " } else { "☐ " }),
        }
    }

    /// Writes the beginning of an element and returns its end.
    fn start(&mut self, tag: Tag<'_>) -> Cow<'static, str> {
        let (start, end) = match tag {
            Tag::Paragraph | Tag::HtmlBlock => ("<p dir=\"auto\">", "</p>\n"),
            Tag::Heading { level, .. } => heading(level),
            Tag::BlockQuote(_) | Tag::List(_) if self.is_too_deep() => ("", ""),
            Tag::BlockQuote(_) => ("<blockquote dir=\"auto\">\n", "</blockquote>\n"),
            Tag::List(None) => ("<ul>\n", "</ul>\n"),
            Tag::List(Some(1)) => ("<ol>\n", "</ol>\n"),
            Tag::List(Some(start)) => {
                self.html.push_str(&format!("<ol start=\"{start}\">\n"));
                ("", "</ol>\n")
            }
            Tag::Item if self.open.last().is_some_and(|list| list.is_empty()) => ("\n", ""),
            Tag::Item => ("<li dir=\"auto\">", "</li>\n"),
            Tag::CodeBlock(kind) => {
                self.code_block(&kind);
                ("", "</code></pre></figure>\n")
            }
            Tag::Table(alignments) => {
                self.table.alignments = alignments;
                (
                    "<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"Table\"><table>\n",
                    "</tbody></table></div>\n",
                )
            }
            Tag::TableHead => {
                (self.table.in_head, self.table.column) = (true, 0);
                ("<thead><tr>", "</tr></thead>\n<tbody>\n")
            }
            Tag::TableRow => {
                (self.table.in_head, self.table.column) = (false, 0);
                ("<tr>", "</tr>\n")
            }
            Tag::TableCell => return self.cell(),
            Tag::Link { dest_url, .. } => return self.link(&dest_url),
            Tag::Emphasis | Tag::Strong | Tag::Strikethrough => return self.style(&tag),
            _ => ("", ""),
        };
        self.html.push_str(start);
        end.into()
    }

    fn end(&mut self, tag: TagEnd) {
        let end = self.open.pop().unwrap_or_default();
        match tag {
            TagEnd::BlockQuote(_) | TagEnd::List(_) => self.nested -= 1,
            TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough => self.styles -= 1,
            TagEnd::Link if !end.is_empty() => self.in_link = false,
            TagEnd::TableCell if self.drops_cell() => return,
            _ => {}
        }
        self.html.push_str(&end);
    }

    fn is_too_deep(&mut self) -> bool {
        self.nested += 1;
        self.nested > MOST_NESTED
    }

    fn style(&mut self, tag: &Tag<'_>) -> Cow<'static, str> {
        self.styles += 1;
        let (start, end) = match tag {
            _ if self.styles > MOST_STYLES => ("", ""),
            Tag::Strong => ("<strong>", "</strong>"),
            Tag::Strikethrough => ("<del>", "</del>"),
            _ => ("<em>", "</em>"),
        };
        self.html.push_str(start);
        end.into()
    }

    fn code_block(&mut self, kind: &CodeBlockKind<'_>) {
        let language = match kind {
            CodeBlockKind::Fenced(info) => language(info),
            CodeBlockKind::Indented => "",
        };
        self.html.push_str("<figure class=\"code-block\"");
        if !language.is_empty() {
            self.html.push_str(&format!(" data-lang=\"{language}\""));
        }
        self.html.push_str(&format!("><figcaption>{language}</figcaption><pre tabindex=\"0\"><code>"));
    }

    fn cell(&mut self) -> Cow<'static, str> {
        let (name, end) = if self.table.in_head { ("th", "</th>") } else { ("td", "</td>") };
        let class = match self.table.alignments.get(self.table.column) {
            Some(Alignment::Right) => " class=\"a-r\"",
            Some(Alignment::Center) => " class=\"a-c\"",
            _ => "",
        };
        self.table.column += 1;
        self.table.cell.0 = self.html.len();
        self.html.push_str(&format!("<{name} dir=\"auto\"{class}>"));
        self.table.cell.1 = self.html.len();
        end.into()
    }

    /// Removes the current cell if it is empty and too many were.
    fn drops_cell(&mut self) -> bool {
        let (before, content) = self.table.cell;
        if self.html.len() > content {
            return false;
        }
        self.table.empty_cells += 1;
        let too_many = self.table.empty_cells > MOST_EMPTY_CELLS;
        if too_many {
            self.html.truncate(before);
        }
        too_many
    }

    fn link(&mut self, address: &CowStr<'_>) -> Cow<'static, str> {
        let Some(address) = harmless(address).filter(|_| !self.in_link) else { return "".into() };
        self.in_link = true;
        let mut shown = String::with_capacity(address.len());
        escape(&address, &mut shown);
        self.html.push_str(&format!("<a href=\"{shown}\" rel=\"nofollow noopener noreferrer\">"));
        // The text of a link can claim anything, so its address is shown as well.
        format!("</a> ({shown})").into()
    }
}

/// Returns a heading two levels further down: the levels above belong to the page.
const fn heading(level: HeadingLevel) -> (&'static str, &'static str) {
    match level {
        HeadingLevel::H1 => ("<h3 dir=\"auto\">", "</h3>\n"),
        HeadingLevel::H2 => ("<h4 dir=\"auto\">", "</h4>\n"),
        HeadingLevel::H3 => ("<h5 dir=\"auto\">", "</h5>\n"),
        _ => ("<h6 dir=\"auto\">", "</h6>\n"),
    }
}

/// Returns the first word of a fence's info string if it can be the name of a language, else an empty text.
fn language(info: &str) -> &str {
    let word = info.split_whitespace().next().unwrap_or_default();
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"+#._-".contains(&byte);
    if word.len() <= LONGEST_LANGUAGE && word.bytes().all(plain) { word } else { "" }
}

/// Returns the address in the ASCII form in which a browser requests it, so that no character is invisible or looks
/// like another; `None` for a scheme that is not allowed.
fn harmless(address: &str) -> Option<String> {
    let url = url::Url::parse(address).ok()?;
    matches!(url.scheme(), "https" | "http" | "mailto").then(|| url.into())
}

fn escape(text: &str, html: &mut String) {
    for c in text.chars() {
        match c {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            c => html.push(c),
        }
    }
}
