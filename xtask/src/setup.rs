//! Installs missing tools; fast if nothing is missing.

mod browser;
mod debian;
mod nextest;
mod npm;
mod privileged;
mod python;
mod toolchain;

use anyhow::Result;

pub(crate) use browser::{chromium, firefox};

use crate::documents;
use crate::shell::step;
use crate::workspace::Workspace;

/// A requirement of a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Need {
    /// A toolchain that compiles to WebAssembly.
    WebAssembly,
    /// `cargo clippy` and `cargo fmt`.
    Lints,
    /// npm packages: `wasm-opt`, esbuild, Playwright, third-party clients.
    Npm,
    Nextest,
    Chromium,
    /// Python with virtual environments.
    Python,
    /// Third-party services that tests start.
    Peers,
    /// Programs that check spelling, licences and the book.
    Documents,
}

/// Directories of programs that tests start. Each has a `package-lock.json`, a `requirements.txt`, or both.
const PEERS: [&str; 5] = [
    "testing/peers",
    "testing/peers/mcp/typescript",
    "testing/peers/mcp/inspector",
    "testing/peers/mcp/python-1",
    "testing/peers/mcp/python-2",
];

/// Requirements of the demo.
pub(crate) const RUN: &[Need] = &[Need::WebAssembly];
/// Requirements of the files to deploy, and of `dev`.
pub(crate) const BUILD: &[Need] = &[Need::WebAssembly, Need::Npm];
/// Requirements of the browser tests.
pub(crate) const BROWSER: &[Need] = &[Need::WebAssembly, Need::Npm, Need::Chromium, Need::Python];
/// All requirements.
pub(crate) const ALL: &[Need] = &[
    Need::WebAssembly,
    Need::Lints,
    Need::Npm,
    Need::Nextest,
    Need::Chromium,
    Need::Python,
    Need::Peers,
    Need::Documents,
];

/// Installs the requirements in order.
pub(crate) fn ensure(workspace: &mut Workspace, needs: &[Need]) -> Result<()> {
    step("set-up", || needs.iter().try_for_each(|need| see_to(workspace, *need)))
}

fn see_to(workspace: &mut Workspace, need: Need) -> Result<()> {
    match need {
        Need::WebAssembly => {
            let chosen = toolchain::ensure(workspace)?;
            workspace.use_toolchain(chosen);
            Ok(())
        }
        Need::Lints => toolchain::ensure_lints(workspace),
        Need::Npm => npm::ensure(workspace, "end2end"),
        Need::Nextest => nextest::ensure(workspace),
        Need::Chromium => browser::ensure(),
        Need::Python => python::ensure(),
        Need::Documents => python::ensure_environment(workspace, documents::PROGRAMS),
        Need::Peers => PEERS.iter().try_for_each(|directory| ensure_peers(workspace, directory)),
    }
}

fn ensure_peers(workspace: &Workspace, directory: &str) -> Result<()> {
    let holds = |file: &str| workspace.path(directory).join(file).exists();
    if holds("package-lock.json") {
        npm::ensure(workspace, directory)?;
    }
    if holds("requirements.txt") {
        python::ensure_environment(workspace, directory)?;
    }
    Ok(())
}
