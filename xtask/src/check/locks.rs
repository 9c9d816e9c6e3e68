//! The rule that lock files pin versions and digests but name no download location.

use anyhow::Result;

use crate::check::sources::Source;
use crate::check::{Findings, Repository};

/// The registry line that Cargo itself writes.
const CARGO: &str = r#"source = "registry+https://github.com/rust-lang/crates.io-index""#;

pub(super) fn find(repository: &Repository<'_>) -> Result<Findings> {
    Ok(repository.sources.iter().flat_map(findings).collect())
}

fn findings(source: &Source) -> Findings {
    let told: fn(&str) -> bool = match source.path.rsplit('/').next() {
        Some("Cargo.lock") => |line| line.starts_with("source = ") && line != CARGO,
        Some("package-lock.json") => |line| line.trim_start().starts_with("\"resolved\""),
        _ => return Findings::new(),
    };
    let lines = source.text.lines().enumerate().filter(|(_, line)| told(line));
    lines.map(|(index, line)| format!("{}:{} {}", source.path, index + 1, line.trim())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::sources::source;

    #[test]
    fn hosts_in_lock_files_are_found() {
        let rows = [
            ("Cargo.lock", CARGO, 0),
            ("Cargo.lock", r#"source = "registry+https://crates.example/index""#, 1),
            ("Cargo.lock", r#"source = "git+https://git.example/leptos#1""#, 1),
            ("end2end/package-lock.json", r#"      "resolved": "https://npm.example/a.tgz","#, 1),
            ("end2end/package-lock.json", r#"        "url": "https://example.org/fund""#, 0),
            ("a.toml", "source = 1", 0),
        ];
        for (path, text, count) in rows {
            assert_eq!(findings(&source(path, text)).len(), count, "{text}");
        }
    }
}
