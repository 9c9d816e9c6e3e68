//! The rule that no file names a path of one machine.

use anyhow::Result;

use crate::check::sources::Source;
use crate::check::{Findings, Repository};

/// Split in two, because this rule checks this file too.
const PLACES: [&str; 4] = [concat!("/wo", "rk/"), concat!("/ro", "ot/"), concat!("/ho", "me/"), concat!("/Us", "ers/")];

pub(super) fn find(repository: &Repository<'_>) -> Result<Findings> {
    Ok(repository.sources.iter().flat_map(findings).collect())
}

fn findings(source: &Source) -> Findings {
    let lines = source.text.lines().enumerate().filter(|(_, line)| PLACES.iter().any(|place| stands_in(line, place)));
    lines.map(|(index, line)| format!("{}:{} {}", source.path, index + 1, line.trim())).collect()
}

/// Returns `true` if a file path begins with `place`. The path of a URL, which follows a host name, does not count.
fn stands_in(line: &str, place: &str) -> bool {
    line.match_indices(place).any(|(start, _)| {
        !line[..start].ends_with(|c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | '}' | '*' | '~'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::sources::source;

    #[test]
    fn paths_are_told_from_urls() {
        let home = PLACES[2];
        let rows = [
            (format!("see {home}ada/notes"), 1),
            (format!("\"{home}ada\""), 1),
            (format!("https://example.org{home}page"), 0),
            (format!("src{home}page.rs"), 0),
            ("target/site".to_owned(), 0),
        ];
        for (text, count) in rows {
            assert_eq!(findings(&source("a.md", &text)).len(), count, "{text}");
        }
    }
}
