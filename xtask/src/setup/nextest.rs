//! The test runner, installed with Cargo.

use std::fs;
use std::io::ErrorKind;

use anyhow::Result;

use crate::shell::{output, run, step};
use crate::workspace::Workspace;

const PACKAGE: &str = "cargo-nextest";
/// The version to install; any other that is already there serves as well.
const VERSION: &str = "0.9.151";
/// The directory of the build, which is deleted afterwards.
const BUILD: &str = "target/tools/build";

/// Settings for a fast build: the program runs for seconds but compiles for minutes.
const CHEAP: [(&str, &str); 5] = [
    ("CARGO_PROFILE_RELEASE_LTO", "off"),
    ("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16"),
    ("CARGO_PROFILE_RELEASE_OPT_LEVEL", "0"),
    ("CARGO_PROFILE_RELEASE_DEBUG", "0"),
    ("CARGO_PROFILE_RELEASE_INCREMENTAL", "false"),
];

/// Installs nextest unless it is there.
pub(super) fn ensure(workspace: &Workspace) -> Result<()> {
    let mut ask = workspace.program(PACKAGE);
    ask.arg("--version");
    if output(ask).is_ok() {
        return Ok(());
    }
    let build = workspace.path(BUILD);
    let mut cargo = workspace.cargo(["install", "--locked", PACKAGE, "--version", VERSION]);
    cargo.envs(CHEAP).env("CARGO_TARGET_DIR", &build);
    step(&format!("cargo install {PACKAGE} {VERSION}, once"), || run(cargo))?;
    match fs::remove_dir_all(build) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}
