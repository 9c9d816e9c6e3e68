//! Python and its virtual environments, for third-party clients and services.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::setup::debian;
use crate::shell::{run, step};
use crate::workspace::Workspace;

pub(super) fn ensure() -> Result<()> {
    if makes_environments() {
        return Ok(());
    }
    debian::packages(&["python3", "python3-venv"]).context("install Python 3 with venv yourself")?;
    if makes_environments() { Ok(()) } else { bail!("python3 cannot create virtual environments") }
}

/// Creates `.venv` in `directory`, relative to the root, unless this very `requirements.txt` was installed last.
pub(super) fn ensure_environment(workspace: &Workspace, directory: &str) -> Result<()> {
    let directory = workspace.path(directory);
    let (list, environment) = (directory.join("requirements.txt"), directory.join(".venv"));
    let wanted = fs::read(&list).with_context(|| list.display().to_string())?;
    let installed = environment.join(".installed-requirements.txt");
    if fs::read(&installed).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    ensure()?;
    step(&format!("pip install in {}", directory.display()), || {
        make(workspace, &list, &environment)?;
        Ok(fs::write(installed, wanted)?)
    })
}

fn make(workspace: &Workspace, list: &Path, environment: &Path) -> Result<()> {
    let mut python = workspace.program("python3");
    python.args(["-m", "venv", "--clear"]).arg(environment);
    run(python)?;
    let mut pip = workspace.program(environment.join("bin/python"));
    // The list names every package, transitive ones included; pip must not add any.
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps", "--requirement"])
        .arg(list);
    run(pip)
}

/// Returns `true` if Python can create virtual environments. Debian ships the module `venv` without `ensurepip`, which
/// is a separate package.
fn makes_environments() -> bool {
    let mut python = Command::new("python3");
    python.args(["-c", "import ensurepip, venv"]).stdout(Stdio::null()).stderr(Stdio::null());
    python.status().is_ok_and(|status| status.success())
}
