//! The rule on the length of files.

use anyhow::Result;

use crate::check::sources::Source;
use crate::check::{Findings, Repository};

const EXTENSIONS: [&str; 3] = ["css", "rs", "ts"];
const QUESTIONABLE: usize = 300;
const MOST: usize = 500;

pub(super) fn find(repository: &Repository<'_>) -> Result<Findings> {
    let over = lengths(&repository.sources).filter(|(_, lines)| *lines > MOST);
    Ok(over.map(|(path, lines)| format!("{path} has {lines} lines; {MOST} are the most")).collect())
}

/// Returns the files that are long but allowed.
pub(super) fn long(sources: &[Source]) -> impl Iterator<Item = (&str, usize)> {
    lengths(sources).filter(|(_, lines)| (QUESTIONABLE + 1..=MOST).contains(lines))
}

fn lengths(sources: &[Source]) -> impl Iterator<Item = (&str, usize)> {
    let measured = sources.iter().filter(|source| EXTENSIONS.iter().any(|extension| source.has_extension(extension)));
    measured.map(|source| (source.path.as_str(), source.text.lines().count()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::sources::source;

    #[test]
    fn only_code_is_measured() {
        let text = "line\n".repeat(QUESTIONABLE + 1);
        let sources = ["a.rs", "b.css", "c.md", "package-lock.json"].map(|path| source(path, &text));
        let long = long(&sources).map(|(path, _)| path).collect::<Vec<_>>();
        assert_eq!(long, ["a.rs", "b.css"]);
    }
}
