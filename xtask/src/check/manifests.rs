//! The rule that each crate's `Cargo.toml` takes the workspace's lints.

use anyhow::Result;

use crate::check::sources::Source;
use crate::check::{Findings, Repository};

pub(super) fn find(repository: &Repository<'_>) -> Result<Findings> {
    Ok(repository.sources.iter().filter(|source| !takes_lints(source)).map(|source| source.path.clone()).collect())
}

fn takes_lints(source: &Source) -> bool {
    if !source.path.ends_with("/Cargo.toml") {
        return true;
    }
    let mut lines = source.text.lines().map(str::trim).skip_while(|line| *line != "[lints]").skip(1);
    lines.next() == Some("workspace = true")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::sources::source;

    #[test]
    fn a_crate_must_take_the_lints_of_the_workspace() {
        let rows = [
            ("app/Cargo.toml", "[package]\n\n[lints]\nworkspace = true\n", true),
            ("app/Cargo.toml", "[package]\n", false),
            ("app/Cargo.toml", "[lints]\nrust.unsafe_code = \"allow\"", false),
            ("Cargo.toml", "[workspace]", true),
        ];
        for (path, text, expected) in rows {
            assert_eq!(takes_lints(&source(path, text)), expected, "{text}");
        }
    }
}
