//! The rule that a crate names each of its dependencies somewhere in its code.

use std::collections::HashSet;

use anyhow::Result;

use crate::check::sources::Source;
use crate::check::{Findings, Repository};

pub(super) fn find(repository: &Repository<'_>) -> Result<Findings> {
    let manifests = repository.sources.iter().filter(|source| source.path.ends_with("/Cargo.toml"));
    Ok(manifests.flat_map(|manifest| findings(manifest, &repository.sources)).collect())
}

fn findings(manifest: &Source, sources: &[Source]) -> Findings {
    let directory = manifest.path.trim_end_matches("/Cargo.toml");
    let rust = sources.iter().filter(|source| source.is_rust() && belongs(source, directory));
    let words: HashSet<&str> = rust.flat_map(|source| source.code()).flat_map(|(_, line)| words(line)).collect();
    let unused = dependencies(&manifest.text).filter(|name| !words.contains(library(name).as_str()));
    unused.map(|name| format!("{} lists {name}", manifest.path)).collect()
}

/// Returns `true` if the file belongs to the crate in `directory`, not to a crate below it such as `sandbox/kit`.
fn belongs(source: &Source, directory: &str) -> bool {
    let inside = source.path.strip_prefix(directory).and_then(|rest| rest.strip_prefix('/'));
    inside.is_some_and(|path| {
        ["src/", "tests/", "examples/", "build/", "build.rs"].iter().any(|part| path.starts_with(part))
    })
}

/// Returns the name by which code refers to a package: a trailing `-rs` is by custom not part of it.
fn library(package: &str) -> String {
    package.strip_suffix("-rs").filter(|name| *name != "aws-lc").unwrap_or(package).replace('-', "_")
}

/// Returns the names under every heading that ends with `dependencies`, without the crate itself, which tests list for its
/// features.
fn dependencies(manifest: &str) -> impl Iterator<Item = &str> {
    let mut listed = false;
    manifest.lines().filter_map(move |line| {
        if let Some(heading) = line.strip_prefix('[') {
            listed = heading.trim_end_matches(']').ends_with("dependencies");
            return None;
        }
        if line.contains("path = \".\"") {
            return None;
        }
        let name = line.split(['.', ' ', '=']).next().filter(|name| !name.is_empty() && !name.starts_with('#'))?;
        listed.then_some(name)
    })
}

fn words(line: &str) -> impl Iterator<Item = &str> {
    line.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::sources::source;

    #[test]
    fn a_dependency_must_be_named_in_the_code_of_its_crate() {
        let manifest = source(
            "sandbox/Cargo.toml",
            "[package]\nname = \"x\"\n[dependencies]\n# why\nserde-json.workspace = true\ntokio = { workspace = true }\n\
             [target.'cfg(unix)'.dev-dependencies]\nurl = \"2\"\nx = { path = \".\" }\n[lints]\nworkspace = true\n",
        );
        let rows = [
            ("sandbox/src/lib.rs", "serde_json::from_str()", "tokio, url"),
            ("sandbox/src/lib.rs", "use tokio::net;\nserde_json!()", "url"),
            ("sandbox/tests/x.rs", "url::Url; use tokio; serde_json::x", ""),
            ("sandbox/src/lib.rs", "// tokio::net\nmy_tokio::x; url; serde_json", "tokio"),
            ("sandbox/kit/src/lib.rs", "tokio, url, serde_json", "serde-json, tokio, url"),
        ];
        for (path, text, expected) in rows {
            let found = findings(&manifest, &[source(path, text)]);
            let names: Vec<_> = found.iter().filter_map(|finding| finding.split(' ').next_back()).collect();
            assert_eq!(names.join(", "), expected, "{path}: {text}");
        }
    }
}
