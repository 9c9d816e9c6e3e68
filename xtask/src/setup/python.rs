//! Python with its virtual environments, for the independent clients of the browser tests.

use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::setup::debian;

pub(super) fn ensure() -> Result<()> {
    if makes_environments() {
        return Ok(());
    }
    debian::packages(&["python3", "python3-venv"]).context("install Python 3 with venv yourself")?;
    if makes_environments() { Ok(()) } else { bail!("python3 makes no virtual environments") }
}

/// Debian has the module `venv` without what it needs: that is in a package of its own.
fn makes_environments() -> bool {
    let mut python = Command::new("python3");
    python.args(["-c", "import ensurepip, venv"]).stdout(Stdio::null()).stderr(Stdio::null());
    python.status().is_ok_and(|status| status.success())
}
