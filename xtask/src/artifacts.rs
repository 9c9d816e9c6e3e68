//! Builds the programs that run on the host: server and sandbox.

use anyhow::Result;

use crate::shell::{run, step};
use crate::workspace::Workspace;

/// The build of server and sandbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Profile {
    Release,
    /// The build of the tests, so that they and the browser tests compile the dependencies once.
    Tests,
}

impl Profile {
    /// Returns the profile's directory within the target directory.
    pub(crate) fn directory(self) -> &'static str {
        match self {
            Self::Release => "release",
            Self::Tests => "debug",
        }
    }
}

/// Builds the programs `countersign` and `sandbox`.
pub(crate) fn programs(workspace: &Workspace, profile: Profile) -> Result<()> {
    let words: &[&str] = match profile {
        // One command builds both. Two commands would select different features and compile shared dependencies twice.
        Profile::Release => &["build", "--release", "-p", "countersign-server", "-p", "countersign-sandbox", "--bins"],
        // `--examples` selects the same features of the dependencies as the tests do.
        Profile::Tests => &["build", "--workspace", "--exclude", "countersign-frontend", "--bins", "--examples"],
    };
    step("build server and sandbox", || run(workspace.cargo(words.iter().copied())))
}
