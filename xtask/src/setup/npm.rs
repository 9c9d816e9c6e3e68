//! The npm packages of a directory with a lock file.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use crate::shell::{output, run, step};
use crate::workspace::Workspace;

/// Installs the packages of `directory`, relative to the root, unless this very lock file was installed last.
pub(super) fn ensure(workspace: &Workspace, directory: &str) -> Result<()> {
    let directory = Path::new(directory);
    let path = directory.join("package-lock.json");
    let lock = fs::read(workspace.path(&path)).with_context(|| path.display().to_string())?;
    let installed = workspace.path(directory.join("node_modules/.installed-lock.json"));
    if fs::read(&installed).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    let mut node = workspace.program("node");
    node.arg("--version");
    output(node).context("Node.js with npm is needed, version 20 or later")?;
    step(&format!("npm ci in {}", directory.display()), || {
        let mut npm = workspace.program("npm");
        npm.args(["ci", "--no-audit", "--no-fund"]).current_dir(workspace.path(directory));
        // The tests use Debian's Chromium.
        npm.env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1");
        run(npm)?;
        Ok(fs::write(installed, lock)?)
    })
}
