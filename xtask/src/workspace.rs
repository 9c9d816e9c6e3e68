//! The paths of the workspace and the environment of its programs.

use std::env;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::shell;

/// The repository and the environment of the programs that run in it.
#[derive(Debug)]
pub(crate) struct Workspace {
    root: PathBuf,
    /// Cargo's target directory; the user may have moved it.
    target: PathBuf,
    /// The toolchain that the set-up chose; `None` is the active one.
    toolchain: Option<String>,
}

impl Workspace {
    pub(crate) fn find() -> Result<Self> {
        let manifest = env::var_os("CARGO_MANIFEST_DIR").context("start this as `cargo xtask`")?;
        let root = Path::new(&manifest).parent().context("cannot find the root of the repository")?.to_owned();
        let mut workspace = Self { target: root.join("target"), root, toolchain: None };
        let metadata = shell::output(workspace.cargo(["metadata", "--no-deps", "--format-version", "1"]))?;
        let metadata: Value = serde_json::from_str(&metadata).context("cannot parse the output of cargo metadata")?;
        let target = metadata["target_directory"].as_str().context("cargo metadata names no target directory")?;
        workspace.target = target.into();
        Ok(workspace)
    }

    pub(crate) fn use_toolchain(&mut self, name: Option<String>) {
        self.toolchain = name;
    }

    pub(crate) fn path(&self, relative: impl AsRef<Path>) -> PathBuf {
        self.root.join(relative)
    }

    /// Returns a path in Cargo's target directory.
    pub(crate) fn built(&self, relative: impl AsRef<Path>) -> PathBuf {
        self.target.join(relative)
    }

    pub(crate) fn cargo<'a>(&self, words: impl IntoIterator<Item = &'a str>) -> Command {
        let mut command = self.program("cargo");
        command.args(words);
        command
    }

    /// Returns a command that runs in the root, finds our tools, and does not inherit the variables of `cargo run`.
    pub(crate) fn program(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command.current_dir(&self.root).env("PATH", self.search_path());
        for (name, _) in env::vars_os().filter(|(name, _)| of_cargo_run(name)) {
            command.env_remove(name);
        }
        if let Some(toolchain) = &self.toolchain {
            command.env("RUSTUP_TOOLCHAIN", toolchain);
        }
        command
    }

    fn search_path(&self) -> OsString {
        let ours = self.path("end2end/node_modules/.bin");
        let cargo = cargo_home().map(|home| home.join("bin"));
        let inherited = env::var_os("PATH").unwrap_or_default();
        let all = std::iter::once(ours).chain(env::split_paths(&inherited)).chain(cargo);
        env::join_paths(all).unwrap_or(inherited)
    }
}

fn cargo_home() -> Option<PathBuf> {
    env::var_os("CARGO_HOME").map(PathBuf::from).or_else(|| Some(env::home_dir()?.join(".cargo")))
}

/// Returns `true` if `cargo run` set this variable for this process. User settings such as `CARGO_HOME` are not
/// included.
fn of_cargo_run(name: &OsStr) -> bool {
    let name = name.to_string_lossy();
    name == "CARGO"
        || ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_PRIMARY_", "CARGO_CRATE_", "CARGO_BIN_"]
            .iter()
            .any(|prefix| name.starts_with(prefix))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_variables_of_cargo_run_are_removed() {
        let rows = [
            ("CARGO", true),
            ("CARGO_MANIFEST_DIR", true),
            ("CARGO_PKG_NAME", true),
            ("CARGO_HOME", false),
            ("CARGO_TARGET_DIR", false),
            ("CARGO_NET_OFFLINE", false),
            ("PATH", false),
        ];
        for (name, expected) in rows {
            assert_eq!(of_cargo_run(OsStr::new(name)), expected, "{name}");
        }
    }
}
