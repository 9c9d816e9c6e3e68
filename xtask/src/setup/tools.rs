//! Programs installed with Cargo: the wasm-bindgen CLI and nextest.

use std::fs;

use anyhow::{Context, Result};

use crate::shell::{output, run, say, step};
use crate::workspace::Workspace;

const NEXTEST: &str = "0.9.151";

/// Settings for a fast build: these tools run for seconds but compile for minutes.
const CHEAP: [(&str, &str); 5] = [
    ("CARGO_PROFILE_RELEASE_LTO", "off"),
    ("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16"),
    ("CARGO_PROFILE_RELEASE_OPT_LEVEL", "0"),
    ("CARGO_PROFILE_RELEASE_DEBUG", "0"),
    ("CARGO_PROFILE_RELEASE_INCREMENTAL", "false"),
];

struct Tool<'a> {
    package: &'a str,
    program: &'a str,
    version: &'a str,
    accepts: Accepts,
}

#[derive(Clone, Copy)]
enum Accepts {
    ThisVersion,
    AnyVersion,
}

/// Installs the wasm-bindgen CLI in exactly the version that the code is linked with.
pub(super) fn ensure_bindgen(workspace: &Workspace) -> Result<()> {
    let lock = fs::read_to_string(workspace.path("Cargo.lock")).context("Cargo.lock")?;
    let version = locked(&lock, "wasm-bindgen").context("Cargo.lock names no wasm-bindgen")?;
    let tool = Tool { package: "wasm-bindgen-cli", program: "wasm-bindgen", version, accepts: Accepts::ThisVersion };
    tool.ensure(workspace)?;
    discard_build(workspace)
}

pub(super) fn ensure_nextest(workspace: &Workspace) -> Result<()> {
    let package = "cargo-nextest";
    Tool { package, program: package, version: NEXTEST, accepts: Accepts::AnyVersion }.ensure(workspace)?;
    discard_build(workspace)
}

impl Tool<'_> {
    fn ensure(&self, workspace: &Workspace) -> Result<()> {
        let mut ask = workspace.program(self.program);
        ask.arg("--version");
        let found = output(ask).ok();
        match found.as_deref().and_then(version) {
            Some(_) if matches!(self.accepts, Accepts::AnyVersion) => Ok(()),
            Some(found) if found == self.version => Ok(()),
            other => self.install(workspace, other),
        }
    }

    fn install(&self, workspace: &Workspace, other: Option<&str>) -> Result<()> {
        let mut cargo = workspace.cargo(["install", "--locked", self.package, "--version", self.version]);
        cargo.envs(CHEAP).env("CARGO_TARGET_DIR", workspace.path("target/tools/build"));
        // Keeps a user's other version: ours goes to a directory that only this repository's commands search.
        if let Some(other) = other {
            say(format!("  keeping {} {other}; installing {} in target/tools", self.program, self.version));
            cargo.arg("--root").arg(workspace.path("target/tools"));
        }
        step(&format!("cargo install {} {}, once", self.package, self.version), || run(cargo))
    }
}

/// Deletes the build directory of the tools.
fn discard_build(workspace: &Workspace) -> Result<()> {
    let build = workspace.path("target/tools/build");
    if build.exists() {
        fs::remove_dir_all(build)?;
    }
    Ok(())
}

/// Parses the version in `program 1.2.3 (…)`.
fn version(line: &str) -> Option<&str> {
    line.split_whitespace().nth(1)
}

/// Returns the version of a package in `Cargo.lock`.
fn locked<'a>(lock: &'a str, package: &str) -> Option<&'a str> {
    let name = format!("name = \"{package}\"");
    let mut lines = lock.lines().skip_while(|line| *line != name).skip(1);
    lines.next()?.strip_prefix("version = \"")?.strip_suffix('"')
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOCK: &str = "[[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.126\"\nsource = \"s\"\n\n\
        [[package]]\nname = \"wasm-bindgen-macro\"\nversion = \"0.2.127\"\n";

    #[test]
    fn the_locked_version_is_found_by_the_whole_name() {
        let rows = [("wasm-bindgen", Some("0.2.126")), ("wasm-bindgen-macro", Some("0.2.127")), ("wasm", None)];
        for (package, expected) in rows {
            assert_eq!(locked(LOCK, package), expected, "{package}");
        }
    }

    #[test]
    fn versions_are_read() {
        let rows = [
            ("wasm-bindgen 0.2.126", Some("0.2.126")),
            ("cargo-nextest 0.9.143 (60fa45f63 2026-08-04)\nrelease: 0.9.143", Some("0.9.143")),
            ("", None),
        ];
        for (line, expected) in rows {
            assert_eq!(version(line), expected, "{line}");
        }
    }
}
