//! npm's packages in `end2end/`.

use std::fs;

use anyhow::{Context, Result};

use crate::shell::{output, run, step};
use crate::workspace::Workspace;

/// Installs when the lock file isn't the one that was installed last.
pub(super) fn ensure(workspace: &Workspace) -> Result<()> {
    let lock = fs::read(workspace.path("end2end/package-lock.json")).context("end2end/package-lock.json")?;
    let installed = workspace.path("end2end/node_modules/.installed-lock.json");
    if fs::read(&installed).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    let mut node = workspace.program("node");
    node.arg("--version");
    output(node).context("Node.js with npm is needed, version 20 or later")?;
    step("npm ci", || {
        let mut npm = workspace.program("npm");
        npm.args(["ci", "--no-audit", "--no-fund"]).current_dir(workspace.path("end2end"));
        // The browser is Debian's.
        npm.env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1");
        run(npm)?;
        Ok(fs::write(installed, lock)?)
    })
}
