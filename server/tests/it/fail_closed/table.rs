//! The table of results, as Markdown.

use super::rows::ROWS;
use std::fmt::Write;

const HEAD: &str = "\
# Messages that a person sees when a service fails

Written by `server/tests/it/fail_closed.rs`. The test also checks that nothing is done at Okta, or at most once if the outcome is
unknown, and that the same request works as soon as the service works again.

| service | meanwhile | it fails with | what the person sees |
| --- | --- | --- | --- |
";

/// Renders the cells, in the order of [`ROWS`] and their ways; ways with the same result share a line.
pub(crate) fn render(mut cells: &[String]) -> String {
    let mut table = HEAD.to_owned();
    for row in &ROWS {
        let seen;
        (seen, cells) = cells.split_at(row.ways().len());
        let mut lines: Vec<(&str, Vec<&str>)> = Vec::new();
        for (state, way) in seen.iter().zip(row.ways()) {
            match lines.iter_mut().find(|(known, _)| known == state) {
                Some((_, ways)) => ways.push(way.name),
                None => lines.push((state, vec![way.name])),
            }
        }
        for (state, ways) in lines {
            let _ = writeln!(table, "| {} | {} | {} | {state} |", row.service, row.act, ways.join(", "));
        }
    }
    table
}
