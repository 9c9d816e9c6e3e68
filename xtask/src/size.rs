//! `size`: measures the files that a browser loads to show the chat page for the first time.

use anyhow::{Context, Result};

use crate::artifacts::Profile;
use crate::front_end;
use crate::setup::Need;
use crate::shell::{output, say, step};
use crate::workspace::Workspace;
use crate::{artifacts, e2e, services, setup};

/// Prints the sizes, and fails above the budget of the script.
pub(crate) fn size(workspace: &mut Workspace) -> Result<()> {
    setup::ensure(workspace, &[Need::WebAssembly, Need::Npm])?;
    front_end::build(workspace, Profile::Release)?;
    let plan = e2e::plan(workspace)?;
    artifacts::programs(workspace, plan.profile)?;
    let (_, services) = plan.start(workspace)?;
    let table = step("measure", || {
        let mut node = workspace.program("node");
        node.arg("end2end/scripts/first-load.mjs").arg(plan.app_url());
        output(node).context("end2end/scripts/first-load.mjs")
    });
    services::stop(services)?;
    say(table?);
    Ok(())
}
