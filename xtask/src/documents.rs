//! Spelling, licences and the book: programs of other makers that tests alone need.

use anyhow::Result;

use crate::shell::{run, step};
use crate::workspace::Workspace;

/// The directory whose `requirements.txt` names the programs.
pub(crate) const PROGRAMS: &str = "testing/documents";

/// A step with its name, its program, and the program's words.
type Step = (&'static str, &'static str, &'static [&'static str]);

const STEPS: [Step; 3] = [
    ("spelling", "typos", &[]),
    ("licences, bans and sources", "cargo-deny", &["check", "bans", "licenses", "sources"]),
    ("book", "mdbook", &["build", "docs"]),
];

/// Does all steps and returns the names of those that failed, each with its error.
pub(crate) fn check(workspace: &Workspace) -> Vec<(&'static str, Result<()>)> {
    STEPS.map(|(name, program, words)| (name, step(name, || run(self::program(workspace, program, words))))).into()
}

/// Asks the database of advisories, which comes from the network.
pub(crate) fn advisories(workspace: &mut Workspace) -> Result<()> {
    crate::setup::ensure(workspace, &[crate::setup::Need::Python, crate::setup::Need::Documents])?;
    step("advisories", || run(program(workspace, "cargo-deny", &["check", "advisories"])))
}

fn program(workspace: &Workspace, name: &str, words: &[&str]) -> std::process::Command {
    let path = workspace.path(PROGRAMS).join(".venv/bin").join(name);
    let mut program = workspace.program(path);
    program.args(words);
    program
}
