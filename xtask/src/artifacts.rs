//! Builds the programs that run on the host: server and sandbox.

use anyhow::Result;

use crate::shell::{run, step};
use crate::workspace::Workspace;

/// A build of the programs or of the front end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Profile {
    /// Fast and small, but slow to build; for deployment.
    Release,
    /// Fast to build from nothing, for a first look.
    Demo,
    /// The build of the tests and of [`dev`](crate::dev), so that all compile the dependencies once.
    Tests,
}

impl Profile {
    /// Returns the profile's directory within the target directory.
    pub(crate) fn directory(self) -> &'static str {
        match self {
            Self::Release => "release",
            Self::Demo => "demo",
            Self::Tests => "debug",
        }
    }
}

/// Builds the programs `countersign` and `sandbox`.
pub(crate) fn programs(workspace: &Workspace, profile: Profile) -> Result<()> {
    // One command builds both. Two commands would select different features and compile shared dependencies twice.
    let both = ["-p", "countersign-server", "-p", "countersign-sandbox", "--bins"];
    let words = match profile {
        Profile::Release => [&["build", "--release"], &both[..]].concat(),
        Profile::Demo => [&["build", "--profile", "demo"], &both[..]].concat(),
        // `--examples` selects the same features of the dependencies as the tests do.
        Profile::Tests => vec!["build", "--workspace", "--exclude", "countersign-frontend", "--bins", "--examples"],
    };
    step("build server and sandbox", || run(workspace.cargo(words)))
}
