//! The rule that the tables of guarantees and attacks name only tests, compile-fail proofs and types that exist.

use std::collections::HashSet;

use anyhow::{Context, Result};

use crate::check::sources::Source;
use crate::check::{Findings, Repository};

const PAGES: [&str; 2] = ["docs/guarantees.md", "docs/threat-model.md"];
/// Header of the last column in the tables to check.
const COLUMNS: [&str; 2] = [" held by ", " tests "];
/// Keywords before the items that a table may name.
const ITEMS: [&str; 3] = ["fn ", "struct ", "enum "];

pub(super) fn find(repository: &Repository<'_>) -> Result<Findings> {
    let items: HashSet<&str> = repository.sources.iter().filter(|source| source.is_rust()).flat_map(items).collect();
    let paths: HashSet<&str> = repository.sources.iter().map(|source| source.path.as_str()).collect();
    let exists = |name: &str| items.contains(name) || paths.contains(name);
    let mut findings = Findings::new();
    for path in PAGES {
        let page = repository.sources.iter().find(|source| source.path == path).context(path)?;
        findings.extend(unheld(path, &page.text, exists));
    }
    Ok(findings)
}

/// Returns the rows without a name and the names that do not exist, in the tables whose last column holds names.
fn unheld(path: &str, page: &str, exists: impl Fn(&str) -> bool) -> Findings {
    let mut findings = Findings::new();
    let mut is_checked = false;
    for (index, line) in page.lines().enumerate() {
        let Some(last) = line.strip_prefix("| ").and_then(|row| row.rsplit('|').nth(1)) else {
            is_checked = false;
            continue;
        };
        if COLUMNS.contains(&last) {
            is_checked = true;
        } else if is_checked && !last.starts_with(" ---") {
            let names: Vec<&str> = last.split('`').skip(1).step_by(2).collect();
            if names.is_empty() {
                findings.push(format!("{path}:{} names no test or type", index + 1));
            }
            let missing = names.into_iter().filter(|name| !exists(name));
            findings.extend(missing.map(|name| format!("{path}:{} there is no {name}", index + 1)));
        }
    }
    findings
}

/// Returns the names of functions and types.
fn items(source: &Source) -> impl Iterator<Item = &str> {
    source.code().filter_map(|(_, line)| {
        let after = ITEMS.iter().find_map(|item| line.split_once(item))?.1;
        after.split(|c: char| !c.is_alphanumeric() && c != '_').next().filter(|name| !name.is_empty())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_row_must_name_something_that_exists() {
        let head = "| guarantee | held by |\n| --- | --- |\n";
        let rows = [
            ("| it holds | `a_test` `Type` |", 0),
            ("| it holds | `a_test` `gone` |", 1),
            ("| it holds | nothing |", 1),
            ("words", 0),
            ("\n| another table | without names |\n| --- | --- |\n| row | words |", 0),
        ];
        for (row, expected) in rows {
            let findings = unheld("page", &format!("{head}{row}\n"), |name| ["a_test", "Type"].contains(&name));
            assert_eq!(findings.len(), expected, "{row}: {findings:?}");
        }
    }
}
