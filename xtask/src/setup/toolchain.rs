//! A toolchain that compiles to WebAssembly: the active one, rustup's, or one built from Debian's packages.

use std::fs;

use anyhow::{Result, bail};

use crate::setup::debian;
use crate::shell::{output, run, say};
use crate::workspace::Workspace;

/// Oldest Rust release with the lints that this repository uses.
const OLDEST: (u32, u32) = (1, 96);
/// Release that rustup installs if the active toolchain is older.
const RELEASE: &str = "1.96.0";
pub(super) const TARGET: &str = "wasm32-unknown-unknown";
/// Name under which rustup knows Debian's toolchain.
pub(super) const LINKED: &str = "countersign";

/// Returns the toolchain to use; `None` is the active one.
pub(super) fn ensure(workspace: &Workspace) -> Result<Option<String>> {
    let candidates = || [None, Some(RELEASE), Some(LINKED)].into_iter();
    if let Some(name) = candidates().find(|name| ready(workspace, *name)) {
        return Ok(chosen(name));
    }
    let failure = match from_rustup(workspace) {
        Ok(()) => match candidates().find(|name| ready(workspace, *name)) {
            Some(name) => return Ok(chosen(name)),
            None => "rustup succeeded, but no toolchain has the target".to_owned(),
        },
        Err(error) => cause(&format!("{error:#}")),
    };
    say(format!("  rustup can't install {TARGET} ({failure}): using Debian's compiler and building its std instead"));
    debian::install()?;
    if !ready(workspace, Some(LINKED)) {
        bail!("the new toolchain {LINKED} still lacks {TARGET}");
    }
    Ok(chosen(Some(LINKED)))
}

/// Installs rustfmt and clippy for the toolchain in use.
pub(super) fn ensure_lints(workspace: &Workspace) -> Result<()> {
    let missing = |word| output(workspace.cargo([word, "--version"])).is_err();
    for (command, component) in [("clippy", "clippy"), ("fmt", "rustfmt")] {
        if missing(command) {
            let mut rustup = workspace.program("rustup");
            rustup.args(["component", "add", component]);
            run(rustup)?;
        }
    }
    Ok(())
}

fn chosen(name: Option<&str>) -> Option<String> {
    if let Some(name) = name {
        say(format!("  toolchain {name}: set RUSTUP_TOOLCHAIN={name} when you call cargo yourself"));
    }
    name.map(str::to_owned)
}

/// Returns `true` if the toolchain exists, is recent enough and has a standard library for the target.
fn ready(workspace: &Workspace, name: Option<&str>) -> bool {
    let ask = |words: &[&str]| {
        let mut rustc = workspace.program("rustc");
        // Prevents rustup from downloading a toolchain just to answer.
        rustc.args(words).env("RUSTUP_AUTO_INSTALL", "0");
        if let Some(name) = name {
            rustc.env("RUSTUP_TOOLCHAIN", name);
        }
        output(rustc).ok()
    };
    let new_enough = || ask(&["--version"]).and_then(|line| version(&line)).is_some_and(|found| found >= OLDEST);
    let has_std = || ask(&["--print", "target-libdir", "--target", TARGET]).is_some_and(|path| holds_std(&path));
    new_enough() && has_std()
}

fn from_rustup(workspace: &Workspace) -> Result<()> {
    let active = output({
        let mut rustc = workspace.program("rustc");
        rustc.arg("--version");
        rustc
    })?;
    let mut rustup = workspace.program("rustup");
    rustup.env("RUST_BACKTRACE", "0");
    if version(&active).is_some_and(|found| found >= OLDEST) {
        rustup.args(["target", "add", TARGET]);
    } else {
        say(format!("  {active} is too old for the lints of this repository: also installing {RELEASE}"));
        rustup.args(["toolchain", "install", RELEASE, "--profile", "minimal", "--no-self-update"]);
        rustup.args(["--component", "clippy", "--component", "rustfmt", "--target", TARGET]);
    }
    output(rustup).map(drop)
}

fn holds_std(directory: &str) -> bool {
    let Ok(entries) = fs::read_dir(directory) else { return false };
    entries.flatten().any(|entry| entry.file_name().to_string_lossy().starts_with("libstd-"))
}

/// Parses major and minor version of `rustc 1.96.0 (…)`.
fn version(line: &str) -> Option<(u32, u32)> {
    let mut numbers = line.split_whitespace().nth(1)?.split('.');
    Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
}

/// Returns the innermost reason of a long error text.
fn cause(text: &str) -> String {
    let last = text.lines().map(str::trim).rfind(|line| !line.is_empty()).unwrap_or_default();
    last.rsplit(": ").next().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read() {
        let rows = [
            ("rustc 1.96.0 (ac68faa20 2026-05-25) (built from a source tarball)", Some((1, 96))),
            ("rustc 1.101.0-nightly (f 2026-09-01)", Some((1, 101))),
            ("rustc", None),
            ("", None),
        ];
        for (line, expected) in rows {
            assert_eq!(version(line), expected, "{line}");
        }
    }

    #[test]
    fn a_failure_is_reported_by_its_cause() {
        let rows = [
            ("rustup ended with 1: info: syncing\nerror: no download: tcp: Connection refused\n", "Connection refused"),
            ("plain", "plain"),
            ("", ""),
        ];
        for (text, expected) in rows {
            assert_eq!(cause(text), expected);
        }
    }
}
