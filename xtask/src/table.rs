//! The summary of the long tests. Each test appends a line to a file: kind, count, violations, seconds.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::shell::say;
use crate::workspace::Workspace;

/// Environment variable with the path of the file.
pub(crate) const VARIABLE: &str = "CRASH_REPORT";

pub(crate) struct Table(PathBuf);

impl Table {
    /// Creates an empty table.
    pub(crate) fn begin(workspace: &Workspace) -> Result<Self> {
        let path = workspace.built("crash.tsv");
        fs::write(&path, "").with_context(|| path.display().to_string())?;
        Ok(Self(path))
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// Prints the lines that the tests appended.
    pub(crate) fn print(&self) -> Result<()> {
        say(table(&fs::read_to_string(&self.0)?));
        Ok(())
    }
}

fn table(lines: &str) -> String {
    let mut table = format!("{:24}{:>10}{:>12}{:>10}", "", "count", "violations", "seconds");
    for line in lines.lines() {
        let mut fields = line.split('\t');
        let mut field = || fields.next().unwrap_or_default();
        let _ = write!(table, "\n{:24}{:>10}{:>12}{:>10}", field(), field(), field(), field());
    }
    table
}

#[cfg(test)]
mod tests {
    use super::table;

    #[test]
    fn lines_become_rows() {
        let rows = table("kills\t372\t0\t400.1\npairs of crossings\t2000\t1\t9.0\n");
        let words: Vec<Vec<&str>> = rows.lines().map(|row| row.split_whitespace().collect()).collect();
        let expected: [&[&str]; 3] = [
            &["count", "violations", "seconds"],
            &["kills", "372", "0", "400.1"],
            &["pairs", "of", "crossings", "2000", "1", "9.0"],
        ];
        assert_eq!(words, expected);
    }
}
