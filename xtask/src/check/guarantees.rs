//! The names in the table of guarantees: tests, compile-fail proofs and types that exist.

use std::collections::HashSet;

use anyhow::{Context, Result};

use crate::check::sources::Source;
use crate::check::{Findings, Repository};

const TABLE: &str = "docs/guarantees.md";
/// The beginnings of what a name may be.
const ITEMS: [&str; 3] = ["fn ", "struct ", "enum "];

pub(super) fn find(repository: &Repository<'_>) -> Result<Findings> {
    let table = repository.sources.iter().find(|source| source.path == TABLE).context(TABLE)?;
    let items: HashSet<&str> = repository.sources.iter().filter(|source| source.is_rust()).flat_map(items).collect();
    let paths: HashSet<&str> = repository.sources.iter().map(|source| source.path.as_str()).collect();
    let exists = |name: &str| items.contains(name) || paths.contains(name);
    Ok(unheld(&table.text, exists))
}

/// The rows without a name, and the names that do not exist.
fn unheld(table: &str, exists: impl Fn(&str) -> bool) -> Findings {
    let rows = table.lines().enumerate().filter(|(_, line)| line.starts_with("| ") && !line.starts_with("| ---"));
    let mut findings = Findings::new();
    for (index, line) in rows.filter(|(_, line)| !line.ends_with("held by |")) {
        let names: Vec<&str> = line.rsplit('|').nth(1).unwrap_or_default().split('`').skip(1).step_by(2).collect();
        if names.is_empty() {
            findings.push(format!("{TABLE}:{} nothing holds this", index + 1));
        }
        let missing = names.into_iter().filter(|name| !exists(name));
        findings.extend(missing.map(|name| format!("{TABLE}:{} there is no {name}", index + 1)));
    }
    findings
}

/// The names of functions and types.
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
    fn rows_name_what_exists() {
        let head = "| guarantee | held by |\n| --- | --- |\n";
        let rows = [
            ("| it holds | `a_test` `Type` |", 0),
            ("| it holds | `a_test` `gone` |", 1),
            ("| it holds | nothing |", 1),
            ("words", 0),
        ];
        for (row, expected) in rows {
            let findings = unheld(&format!("{head}{row}\n"), |name| ["a_test", "Type"].contains(&name));
            assert_eq!(findings.len(), expected, "{row}: {findings:?}");
        }
    }
}
