//! The workspace's crates and their dependencies, as reported by Cargo.

use anyhow::{Context, Result};
use serde_json::Value;

use crate::check::{Findings, Repository};
use crate::shell::output;
use crate::workspace::Workspace;

/// Package names. A name that ends with a dash is a prefix.
const NOT_IN_CORE: [&str; 12] = [
    "aws-",
    "axum",
    "fga",
    "http",
    "hyper",
    "leptos",
    "openfga",
    "openidconnect",
    "reqwest",
    "rmcp",
    "rustls",
    "tower",
];
/// As in the core, but for the cryptography of `aws-lc-rs`, which is no service of AWS.
const NOT_IN_FORMATS: [&str; 14] = [
    "aws-config",
    "aws-sdk-",
    "aws-smithy-",
    "axum",
    "fga",
    "http",
    "hyper",
    "leptos",
    "openfga",
    "openidconnect",
    "reqwest",
    "rmcp",
    "rustls",
    "tower",
];
const NOT_IN_BROWSER: [&str; 12] =
    ["aws-", "axum", "hyper", "mio", "openfga", "openidconnect", "reqwest", "ring", "rmcp", "rustls", "tokio", "tower"];

/// A crate of the workspace and the workspace crates that it depends on.
#[derive(Debug)]
pub(crate) struct Crate {
    pub(crate) name: String,
    /// Path from the root, with `/` as separator.
    pub(crate) directory: String,
    pub(crate) normal: Vec<String>,
    pub(crate) for_tests: Vec<String>,
}

/// Returns every crate of the workspace.
pub(crate) fn crates(workspace: &Workspace) -> Result<Vec<Crate>> {
    parse(&output(workspace.cargo(["metadata", "--no-deps", "--format-version", "1"]))?)
}

fn parse(metadata: &str) -> Result<Vec<Crate>> {
    let metadata: Value = serde_json::from_str(metadata).context("cannot parse the output of cargo metadata")?;
    let root = metadata["workspace_root"].as_str().context("workspace_root")?;
    let packages = metadata["packages"].as_array().context("packages")?;
    let names = packages.iter().filter_map(|package| package["name"].as_str()).collect::<Vec<_>>();
    packages.iter().map(|package| member(package, root, &names)).collect()
}

fn member(package: &Value, root: &str, names: &[&str]) -> Result<Crate> {
    let manifest = package["manifest_path"].as_str().context("manifest_path")?;
    let directory = manifest.strip_prefix(root).context("a member of the workspace lies outside its root")?;
    let directory = directory.trim_matches('/').trim_end_matches("Cargo.toml").trim_end_matches('/');
    let dependencies = package["dependencies"].as_array().context("dependencies")?;
    let of_kind = |for_tests: bool| {
        let kind = dependencies.iter().filter(move |dependency| (dependency["kind"] == "dev") == for_tests);
        let ours = kind.filter_map(|dependency| dependency["name"].as_str()).filter(|name| names.contains(name));
        ours.map(str::to_owned).collect()
    };
    let name = package["name"].as_str().context("name")?.to_owned();
    Ok(Crate { name, directory: directory.to_owned(), normal: of_kind(false), for_tests: of_kind(true) })
}

pub(super) fn find_in_core(repository: &Repository<'_>) -> Result<Findings> {
    let mut findings = Findings::new();
    for (name, names) in [
        ("countersign-agent", &NOT_IN_CORE[..]),
        ("countersign-ledger", &NOT_IN_FORMATS),
        ("countersign-sealing", &NOT_IN_FORMATS),
    ] {
        findings.extend(forbidden(name, &tree(repository.workspace, &["-p", name])?, names));
    }
    Ok(findings)
}

pub(super) fn find_in_browser(repository: &Repository<'_>) -> Result<Findings> {
    let tree = tree(repository.workspace, &["-p", "countersign-frontend", "--target", "wasm32-unknown-unknown"])?;
    Ok(forbidden("countersign-frontend", &tree, &NOT_IN_BROWSER))
}

/// Returns all transitive dependencies of a crate, one name and version a line.
fn tree(workspace: &Workspace, words: &[&str]) -> Result<String> {
    // `no-proc-macro`, because procedural macros run on the build machine only.
    let common = ["tree", "-e", "normal,no-proc-macro", "--prefix", "none"];
    output(workspace.cargo(common.into_iter().chain(words.iter().copied())))
}

fn forbidden(root: &str, tree: &str, names: &[&str]) -> Findings {
    let mut found = tree
        .lines()
        .filter_map(|line| line.split_whitespace().next())
        .filter(|package| names.iter().any(|name| package == name || name.ends_with('-') && package.starts_with(name)))
        .map(|package| {
            format!("{root} is built with {package}: `cargo tree -p {root} -e normal -i {package}` says why")
        })
        .collect::<Findings>();
    found.sort();
    found.dedup();
    found
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn forbidden_packages_are_named_once() {
        let rows = [
            ("agent v0.1.0 (crates/agent)\ntokio v1.50.0\nserde v1.0.0 (*)", 0),
            ("agent v0.1.0\nhyper v1.6.0\nhyper v1.6.0 (*)", 1),
            ("agent v0.1.0\naws-sdk-dynamodb v1.1.0\naws-config v1.0.0", 2),
            ("agent v0.1.0\nhttparse v1.0.0\nhyper-util v0.1.0", 0),
        ];
        for (tree, count) in rows {
            assert_eq!(forbidden("agent", tree, &NOT_IN_CORE).len(), count, "{tree}");
        }
    }

    #[test]
    fn metadata_lists_our_own_dependencies() {
        let metadata = r#"{"workspace_root": "/r", "packages": [
            {"name": "agent", "manifest_path": "/r/crates/agent/Cargo.toml", "dependencies": []},
            {"name": "server", "manifest_path": "/r/server/Cargo.toml", "dependencies": [
                {"name": "agent", "kind": null}, {"name": "agent", "kind": "dev"}, {"name": "axum", "kind": null}]}]}"#;
        let crates = parse(metadata).unwrap();
        assert_eq!(crates[0].directory, "crates/agent");
        assert_eq!(
            (crates[1].normal.as_slice(), crates[1].for_tests.as_slice()),
            (&["agent".to_owned()][..], &["agent".to_owned()][..])
        );
    }
}
