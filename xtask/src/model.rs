//! `model`: the long run of the crossings of two instances, which the normal tests only sample.

use anyhow::{Result, bail};
use clap::Args;

use crate::setup::{self, Need};
use crate::shell::{self, step};
use crate::table::{self, Table};
use crate::workspace::Workspace;

/// The test whose extent is set by environment variables.
const TEST: &str = "schedules::crossings_hold_to_the_requested_depth";

/// The schedules to run in addition to all single crossings.
#[derive(Debug, PartialEq, Eq, Args)]
pub(crate) struct Crossings {
    /// Number of pairs; without it, all of them.
    #[arg(long)]
    pub(crate) pairs: Option<u32>,
    /// Number of triples.
    #[arg(long, default_value_t = 100_000)]
    pub(crate) triples: u32,
    /// Seed of the samples; the same seed runs the same schedules.
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
}

/// Runs the schedules in a release build and prints their counts and times.
pub(crate) fn model(workspace: &mut Workspace, crossings: &Crossings) -> Result<()> {
    setup::ensure(workspace, &[Need::WebAssembly])?;
    let table = Table::begin(workspace)?;
    let explored = step("explore", || explore(workspace, &["--release"], crossings, &table));
    table.print()?;
    explored
}

/// Runs the exploring test, which appends its counts to `table`.
pub(crate) fn explore(workspace: &Workspace, profile: &[&str], crossings: &Crossings, table: &Table) -> Result<()> {
    let Crossings { pairs, triples, seed } = crossings;
    let mut cargo =
        workspace.cargo(["test", "--workspace", "--exclude", "countersign-frontend", "--test", "crossings"]);
    cargo.args(profile).args(["--", "--ignored", "--exact", TEST, "--nocapture"]);
    cargo.env(table::VARIABLE, table.path());
    cargo.env("CRASH_SEED", seed.to_string()).env("CROSSINGS_TRIPLES", triples.to_string());
    if let Some(pairs) = pairs {
        cargo.env("CROSSINGS_PAIRS", pairs.to_string());
    }
    if !shell::status(&mut cargo)?.success() {
        bail!("a crossing broke a property: see above");
    }
    Ok(())
}
