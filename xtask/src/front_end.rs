//! Builds the front end into `target/site`: WebAssembly, its loader, the style sheet and public files.

mod site;

use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;

use crate::shell::{run, say, step};
use crate::workspace::Workspace;

/// Cargo's target directory for the browser, within the main target directory.
const TARGET_DIR: &str = "front";
const TARGET: &str = "wasm32-unknown-unknown";

/// The optimization of the browser's code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Optimized {
    /// Small and compressed, but slow to build; for users.
    ForSize,
    /// Fast to build, for [`dev`](crate::dev).
    ForSpeedOfBuilding,
}

/// Builds `target/site`; does nothing if the inputs are unchanged.
pub(crate) fn build(workspace: &Workspace, optimized: Optimized) -> Result<()> {
    step("build the front end", || {
        run(compile(workspace, optimized))?;
        let site = site::Site { workspace, optimized, wasm: wasm(workspace, optimized) };
        if site.is_current()? {
            say("  unchanged");
            return Ok(());
        }
        site.write()
    })
}

fn compile(workspace: &Workspace, optimized: Optimized) -> Command {
    let mut cargo =
        workspace.cargo(["build", "--package", "countersign-frontend", "--lib", "--profile", optimized.profile()]);
    cargo.args(["--target", TARGET]);
    // A separate target directory, because Cargo locks it and a watcher builds both sides.
    cargo.arg("--target-dir").arg(workspace.built(TARGET_DIR));
    cargo
}

fn wasm(workspace: &Workspace, optimized: Optimized) -> PathBuf {
    let directory = match optimized {
        Optimized::ForSize => "wasm-release",
        Optimized::ForSpeedOfBuilding => "debug",
    };
    workspace.built(TARGET_DIR).join(TARGET).join(directory).join("frontend.wasm")
}

impl Optimized {
    fn profile(self) -> &'static str {
        match self {
            Self::ForSize => "wasm-release",
            Self::ForSpeedOfBuilding => "dev",
        }
    }
}
