//! Checks of spelling, licences and the book, by third-party programs that only the tests need.

use anyhow::Result;

use crate::shell::{run, step};
use crate::workspace::Workspace;

/// The directory whose `requirements.txt` lists the programs.
pub(crate) const PROGRAMS: &str = "testing/documents";

/// A step: its name, the program and the program's arguments.
type Step = (&'static str, &'static str, &'static [&'static str]);

const STEPS: [Step; 3] = [
    ("spelling", "typos", &[]),
    ("licences, bans and sources", "cargo-deny", &["check", "bans", "licenses", "sources"]),
    ("book", "mdbook", &["build", "docs"]),
];

/// Runs all steps and returns each name with its result.
pub(crate) fn check(workspace: &Workspace) -> Vec<(&'static str, Result<()>)> {
    STEPS.map(|(name, program, words)| (name, step(name, || run(self::program(workspace, program, words))))).into()
}

/// Checks the dependencies against the advisory database, which is downloaded.
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
