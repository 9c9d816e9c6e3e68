//! The browsers of the tests: Chromium, and Firefox for what differs between engines.

use std::env;
use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::setup::debian;

const CHROMIUM: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const FIREFOX: [&str; 2] = ["firefox-esr", "firefox"];

pub(super) fn ensure() -> Result<()> {
    if chromium().is_err() {
        // Fonts are listed, because recommended packages are not installed and Chromium would have none. The pictures of
        // the look need these two (`end2end/specs/look.hydrated.spec.ts`).
        debian::packages(&["chromium", "fonts-liberation", "fonts-dejavu-core"])
            .context("install Chromium or Chrome yourself")?;
    }
    if firefox().is_err() {
        debian::packages(&["firefox-esr"]).context("install Firefox yourself")?;
    }
    chromium().and(firefox()).map(drop)
}

/// Returns the path of Chromium or Chrome.
pub(crate) fn chromium() -> Result<PathBuf> {
    find(&CHROMIUM).context("no Chromium on the PATH")
}

/// Returns the path of Firefox.
pub(crate) fn firefox() -> Result<PathBuf> {
    find(&FIREFOX).context("no Firefox on the PATH")
}

fn find(names: &[&str]) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let mut found = env::split_paths(&path).flat_map(|directory| names.iter().map(move |name| directory.join(name)));
    found.find(|path| path.is_file())
}
