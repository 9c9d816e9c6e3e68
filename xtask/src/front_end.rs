//! Builds the front end: WebAssembly, its loader, the style sheet and public files.

mod site;

use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;

use crate::artifacts::Profile;
use crate::shell::{run, say, step};
use crate::workspace::Workspace;

const TARGET: &str = "wasm32-unknown-unknown";

/// Returns the directory of the built site. The demo has its own, so that a look at it leaves the files to deploy alone.
pub(crate) const fn root(profile: Profile) -> &'static str {
    match profile {
        Profile::Release | Profile::Tests => "target/site",
        Profile::Demo => "target/demo-site",
    }
}

/// Builds the site; does nothing if the inputs are unchanged.
pub(crate) fn build(workspace: &Workspace, profile: Profile) -> Result<()> {
    step("build the front end", || {
        run(compile(workspace, profile))?;
        let site = site::Site { workspace, profile, wasm: wasm(workspace, profile) };
        if site.is_current()? {
            say("  unchanged");
            return Ok(());
        }
        site.write()
    })
}

fn compile(workspace: &Workspace, profile: Profile) -> Command {
    let mut cargo = workspace.cargo(["build", "--package", "countersign-frontend", "--lib", "--target", TARGET]);
    cargo.args(["--profile", cargo_profile(profile).0]);
    cargo.arg("--target-dir").arg(target_directory(workspace, profile));
    cargo
}

fn wasm(workspace: &Workspace, profile: Profile) -> PathBuf {
    target_directory(workspace, profile).join(TARGET).join(cargo_profile(profile).1).join("frontend.wasm")
}

/// Returns Cargo's target directory. The demo shares that of the programs, and with it the macros that both use; the
/// others have one of their own, since Cargo locks it and a watcher builds both sides.
fn target_directory(workspace: &Workspace, profile: Profile) -> PathBuf {
    match profile {
        Profile::Demo => workspace.built(""),
        Profile::Release | Profile::Tests => workspace.built("front"),
    }
}

/// Returns the name of Cargo's profile and that of its directory.
const fn cargo_profile(profile: Profile) -> (&'static str, &'static str) {
    match profile {
        Profile::Release => ("wasm-release", "wasm-release"),
        Profile::Demo => ("demo", "demo"),
        Profile::Tests => ("dev", "debug"),
    }
}
