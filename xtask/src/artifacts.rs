//! The programs of the host: server and sandbox.

use anyhow::Result;

use crate::shell::{run, step};
use crate::workspace::Workspace;

/// Builds of server and sandbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Profile {
    Release,
    /// The tests' own build, so that they and the browser tests compile the dependencies once.
    Tests,
}

impl Profile {
    /// In the target directory.
    pub(crate) fn directory(self) -> &'static str {
        match self {
            Self::Release => "release",
            Self::Tests => "debug",
        }
    }
}

/// The programs `countersign` and `sandbox`.
pub(crate) fn programs(workspace: &Workspace, profile: Profile) -> Result<()> {
    let words: &[&str] = match profile {
        // Both in one go: apart, each would choose other features, and compile what they share a second time.
        Profile::Release => &["build", "--release", "-p", "server", "-p", "sandbox", "--bins"],
        // Asking for examples too gives the dependencies the very features that the tests give them.
        Profile::Tests => &["build", "--workspace", "--exclude", "frontend", "--bins", "--examples"],
    };
    step("build server and sandbox", || run(workspace.cargo(words.iter().copied())))
}
