//! `lighthouse`: checks pages by Lighthouse's categories: performance, accessibility, best practices, search engines.

use anyhow::Result;

use crate::shell::{run, step};
use crate::workspace::Workspace;
use crate::{e2e, setup};

/// Builds everything and checks the pages.
pub(crate) fn command(workspace: &mut Workspace) -> Result<()> {
    setup::ensure(workspace, setup::BROWSER)?;
    lighthouse(workspace)
}

/// Checks the pages; the script prints the scores and fails if one is too low.
pub(crate) fn lighthouse(workspace: &Workspace) -> Result<()> {
    e2e::with_server(workspace, |plan| {
        step("lighthouse", || {
            let mut node = e2e::client(workspace, plan, "node")?;
            node.arg("end2end/scripts/lighthouse.mjs");
            run(node)
        })
    })
}
