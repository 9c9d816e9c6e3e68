//! `model`: every pair of crossings of two instances, in the long form that the tests only sample.

use anyhow::{Result, bail};

use crate::setup::{self, Need};
use crate::shell::{self, step};
use crate::workspace::Workspace;

/// Runs all schedules, and prints how many there were.
pub(crate) fn model(workspace: &mut Workspace) -> Result<()> {
    setup::ensure(workspace, &[Need::WebAssembly])?;
    let words = ["test", "--release", "--workspace", "--exclude", "frontend", "--test", "crossings", "--"];
    let mut cargo = workspace.cargo(words);
    cargo.args(["--ignored", "--nocapture"]);
    let status = step("explore", || shell::status(&mut cargo))?;
    if !status.success() {
        bail!("a schedule breaks a property: see above");
    }
    Ok(())
}
