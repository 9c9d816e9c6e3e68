//! The text files of the repository.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use crate::workspace::Workspace;

/// Directories without sources of this repository.
const SKIPPED: [&str; 7] =
    [".git", ".venv", "node_modules", "playwright-report", "target", "test-results", "blob-report"];
const EXTENSIONS: [&str; 17] = [
    "css", "example", "fga", "html", "js", "json", "lock", "md", "mjs", "py", "rs", "sh", "svg", "toml", "ts", "txt",
    "yaml",
];

/// A text file; its path is relative to the root, with `/` as separator.
#[derive(Debug)]
pub(crate) struct Source {
    pub(crate) path: String,
    pub(crate) text: String,
}

impl Source {
    pub(crate) fn is_rust(&self) -> bool {
        self.has_extension("rs")
    }

    pub(crate) fn has_extension(&self, extension: &str) -> bool {
        Path::new(&self.path).extension().is_some_and(|own| own == extension)
    }

    /// Returns `true` if the file is `place` or in the directory `place`.
    pub(crate) fn is_under(&self, place: &str) -> bool {
        self.path.strip_prefix(place).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    /// Returns the lines that are not comments, with their numbers from 1.
    pub(crate) fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        let lines = self.text.lines().enumerate().map(|(index, line)| (index + 1, line));
        lines.filter(|(_, line)| !line.trim_start().starts_with("//"))
    }
}

/// Reads all text files, sorted by path.
pub(crate) fn read(workspace: &Workspace) -> Result<Vec<Source>> {
    let mut sources = Vec::new();
    walk(&workspace.path(""), "", &mut sources)?;
    sources.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(sources)
}

fn walk(directory: &Path, inside: &str, sources: &mut Vec<Source>) -> Result<()> {
    let entries = fs::read_dir(directory).with_context(|| directory.display().to_string())?;
    for entry in entries {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = if inside.is_empty() { name.clone() } else { format!("{inside}/{name}") };
        if entry.file_type()?.is_dir() {
            if !SKIPPED.contains(&name.as_str()) {
                walk(&entry.path(), &path, sources)?;
            }
        } else if is_ours(&path) {
            let text = fs::read_to_string(entry.path()).with_context(|| path.clone())?;
            sources.push(Source { path, text });
        }
    }
    Ok(())
}

fn is_ours(path: &str) -> bool {
    let extension = Path::new(path).extension().and_then(|extension| extension.to_str());
    extension.is_some_and(|extension| EXTENSIONS.contains(&extension)) || path == ".ci/run"
}

#[cfg(test)]
pub(crate) fn source(path: &str, text: &str) -> Source {
    Source { path: path.to_owned(), text: text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_a_file_or_a_directory() {
        let rows = [
            ("server/src/config.rs", "server/src/config.rs", true),
            ("server/src/config/url.rs", "server/src/config", true),
            ("server/src/configure.rs", "server/src/config", false),
        ];
        for (path, place, expected) in rows {
            assert_eq!(source(path, "").is_under(place), expected, "{path} {place}");
        }
    }

    #[test]
    fn comments_are_not_code() {
        let source = source("a.rs", "//! no\nyes // still\n    /// no\nyes");
        assert_eq!(source.code().map(|(number, _)| number).collect::<Vec<_>>(), [2, 4]);
    }
}
