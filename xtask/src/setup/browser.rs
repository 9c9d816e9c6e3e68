//! Chromium, for the browser tests.

use std::env;
use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::setup::debian;

const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

pub(super) fn ensure() -> Result<()> {
    if chromium().is_ok() {
        return Ok(());
    }
    // Fonts are listed, because recommended packages are not installed and Chromium would have none. The pictures of the
    // look need these two (`end2end/specs/look.hydrated.spec.ts`).
    debian::packages(&["chromium", "fonts-liberation", "fonts-dejavu-core"])
        .context("install Chromium or Chrome yourself")?;
    chromium().map(drop)
}

/// Returns the path of Chromium or Chrome.
pub(crate) fn chromium() -> Result<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let found = env::split_paths(&path).flat_map(|directory| NAMES.map(|name| directory.join(name)));
    found.into_iter().find(|path| path.is_file()).context("no Chromium on the PATH")
}
