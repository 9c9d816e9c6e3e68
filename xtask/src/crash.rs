//! `crash`: runs the kill tests and the crossings of two instances for longer than the normal tests do.

use anyhow::{Result, bail};
use clap::Args;

use crate::model::{self, Crossings};
use crate::setup::{self, Need};
use crate::shell::{self, step};
use crate::table::{self, Table};
use crate::workspace::Workspace;

/// The test that kills the server. Its short form runs with all other tests.
const TEST: &str = "kills_anywhere_lose_nothing_and_do_nothing_twice";

/// The options of the command.
#[derive(Debug, PartialEq, Eq, Args)]
pub(crate) struct Kills {
    /// Minimum number of kills.
    #[arg(long, default_value_t = 360)]
    pub(crate) kills: u32,
    /// Seed of the random places; the same seed kills at the same places.
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// Number of the only run to repeat, without crossings.
    #[arg(long)]
    pub(crate) run: Option<u32>,
    /// Number of pairs of crossings to run, in addition to all single crossings.
    #[arg(long, default_value_t = 2_000)]
    pub(crate) pairs: u32,
}

/// Kills the server until all runs are done, then runs the crossings, even if a kill caused a violation. Prints one
/// table and fails on any violation.
pub(crate) fn crash(workspace: &mut Workspace, kills: &Kills) -> Result<()> {
    // Uses the toolchain and features of the other tests, so that nothing is compiled twice.
    setup::ensure(workspace, &[Need::WebAssembly])?;
    let table = Table::begin(workspace)?;
    let killed = step("kill the server", || kill(workspace, kills, &table));
    let crossed = match kills.run {
        Some(_) => Ok(()),
        None => {
            let crossings = Crossings { pairs: Some(kills.pairs), triples: 0, seed: kills.seed };
            step("cross its turns", || model::explore(workspace, &[], &crossings, &table))
        }
    };
    table.print()?;
    killed.and(crossed)
}

fn kill(workspace: &Workspace, kills: &Kills, table: &Table) -> Result<()> {
    let words = ["test", "--workspace", "--exclude", "countersign-frontend", "--test", "crash", "--", "--exact", TEST];
    let mut cargo = workspace.cargo(words);
    cargo.arg("--nocapture");
    cargo.env("CRASH_KILLS", kills.kills.to_string()).env("CRASH_SEED", kills.seed.to_string());
    cargo.env(table::VARIABLE, table.path());
    if let Some(run) = kills.run {
        cargo.env("CRASH_RUN", run.to_string());
    }
    if !shell::status(&mut cargo)?.success() {
        bail!("something was lost, done twice, or done without its approval: see above");
    }
    Ok(())
}
