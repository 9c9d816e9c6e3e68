//! `size`: measures the files that a browser loads to show the chat page for the first time.

use anyhow::{Context, Result};

use crate::setup::Need;
use crate::shell::{output, say, step};
use crate::workspace::Workspace;
use crate::{e2e, setup};

/// Prints the sizes, and fails above the budget of the script.
pub(crate) fn size(workspace: &mut Workspace) -> Result<()> {
    setup::ensure(workspace, &[Need::WebAssembly, Need::Npm])?;
    let table = e2e::with_server(workspace, |plan| {
        step("measure", || {
            let mut node = workspace.program("node");
            node.arg("end2end/scripts/first-load.mjs").arg(plan.app_url());
            output(node).context("end2end/scripts/first-load.mjs")
        })
    })?;
    say(table);
    Ok(())
}
