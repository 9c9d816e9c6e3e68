//! What is built: the front end, and the programs of the host.

use std::fs;
use std::hash::{DefaultHasher, Hasher};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::shell::{run, say, step};
use crate::workspace::Workspace;

const SITE: &str = "target/site";
/// Says that `target/site` is the release.
pub(crate) const STAMP: &str = "target/site.stamp";
/// Where cargo-leptos lets Cargo build the front end, in the target directory.
const FRONT: &str = "front";

/// Builds of server and sandbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Profile {
    Release,
    /// The tests' own build, so that they and the browser tests compile the dependencies once.
    Tests,
}

impl Profile {
    /// In the target directory.
    pub(crate) fn directory(self) -> &'static str {
        match self {
            Self::Release => "release",
            Self::Tests => "debug",
        }
    }
}

/// The programs `countersign` and `sandbox`.
pub(crate) fn programs(workspace: &Workspace, profile: Profile) -> Result<()> {
    let words: &[&str] = match profile {
        // Both in one go: apart, each would choose other features, and compile what they share a second time.
        Profile::Release => &["build", "--release", "-p", "server", "-p", "sandbox", "--bins"],
        // Asking for examples too gives the dependencies the very features that the tests give them.
        Profile::Tests => &["build", "--workspace", "--exclude", "frontend", "--bins", "--examples"],
    };
    step("build server and sandbox", || run(workspace.cargo(words.iter().copied())))
}

/// WebAssembly, its loader, CSS and public files, in `target/site`.
///
/// cargo-leptos does all its work anew at each start, so it is left out when neither what it reads nor what it wrote
/// has changed.
pub(crate) fn front_end(workspace: &Workspace) -> Result<()> {
    step("build the front end", || {
        run(compile(workspace))?;
        let stamp = workspace.path(STAMP);
        if fs::read_to_string(&stamp).is_ok_and(|stamp| Some(stamp) == state(workspace).ok()) {
            say("  unchanged");
            return Ok(());
        }
        let words = ["leptos", "build", "--release", "--frontend-only", "--precompress"];
        run(workspace.cargo(words))?;
        Ok(fs::write(stamp, state(workspace)?)?)
    })
}

/// The very command that cargo-leptos gives, which then finds it done.
fn compile(workspace: &Workspace) -> std::process::Command {
    let mut cargo = workspace.cargo(["build", "-p", "frontend", "--lib", "--profile", "wasm-release"]);
    cargo.args(["--target", "wasm32-unknown-unknown", "--no-default-features"]);
    cargo.arg("--target-dir").arg(workspace.built(FRONT));
    cargo
}

/// A digest of all that cargo-leptos reads and writes.
fn state(workspace: &Workspace) -> Result<String> {
    let wasm = workspace.built(FRONT).join("wasm32-unknown-unknown/wasm-release/frontend.wasm");
    let inputs = [wasm, workspace.path("Cargo.toml"), workspace.path("style"), workspace.path("public")];
    let mut digest = DefaultHasher::new();
    for path in inputs.into_iter().chain([workspace.path(SITE)]) {
        add(&mut digest, &path)?;
    }
    Ok(format!("{:016x}", digest.finish()))
}

fn add(digest: &mut DefaultHasher, path: &Path) -> Result<()> {
    let named = || path.display().to_string();
    if path.is_dir() {
        let entries = fs::read_dir(path).with_context(named)?;
        let mut paths = entries.map(|entry| Ok(entry?.path())).collect::<Result<Vec<PathBuf>>>()?;
        paths.sort();
        return paths.iter().try_for_each(|path| add(digest, path));
    }
    digest.write(path.as_os_str().as_encoded_bytes());
    digest.write(&fs::read(path).with_context(named)?);
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn digest(path: &Path) -> u64 {
        let mut digest = DefaultHasher::new();
        add(&mut digest, path).unwrap();
        digest.finish()
    }

    #[test]
    fn a_digest_sees_content_and_names_below() {
        let directory = std::env::temp_dir().join(format!("countersign-digest-{}", std::process::id()));
        fs::create_dir_all(directory.join("a/b")).unwrap();
        let file = directory.join("a/b/one");
        fs::write(&file, "1").unwrap();
        let first = digest(&directory);
        assert_eq!(first, digest(&directory));
        fs::write(&file, "2").unwrap();
        let second = digest(&directory);
        fs::rename(&file, directory.join("a/b/two")).unwrap();
        let third = digest(&directory);
        fs::remove_dir_all(&directory).unwrap();
        assert!(first != second && second != third);
    }
}
