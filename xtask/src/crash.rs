//! `crash`: runs the kill tests and the crossings of two instances for longer than the normal tests do.

use anyhow::{Context, Result, bail};

use crate::model::{self, Crossings};
use crate::setup::{self, Need};
use crate::shell::{self, step};
use crate::table::{self, Table};
use crate::workspace::Workspace;

/// The test that kills the server. Its short form runs with all other tests.
const TEST: &str = "kills_anywhere_lose_nothing_and_do_nothing_twice";

/// The options of the command.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Kills {
    /// Minimum number of kills.
    pub(crate) kills: u32,
    /// Seed of the random places; the same seed kills at the same places.
    pub(crate) seed: u64,
    /// Number of the only run to repeat, without crossings.
    pub(crate) run: Option<u32>,
    /// Number of pairs of crossings to run, in addition to all single crossings.
    pub(crate) pairs: u32,
}

impl Default for Kills {
    fn default() -> Self {
        Self { kills: 360, seed: 1, run: None, pairs: 2_000 }
    }
}

impl Kills {
    /// Parses the options of the command line.
    pub(crate) fn parse(words: Vec<String>) -> Result<Self> {
        let mut kills = Self::default();
        let mut words = words.into_iter();
        while let Some(word) = words.next() {
            let value = words.next().with_context(|| format!("{word} needs a value"))?;
            let number = || format!("{word} takes a number, not {value}");
            match word.as_str() {
                "--kills" => kills.kills = value.parse().with_context(number)?,
                "--seed" => kills.seed = value.parse().with_context(number)?,
                "--run" => kills.run = Some(value.parse().with_context(number)?),
                "--pairs" => kills.pairs = value.parse().with_context(number)?,
                _ => bail!("crash has no option {word}"),
            }
        }
        Ok(kills)
    }
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn parse(line: &str) -> Result<Kills> {
        Kills::parse(line.split_whitespace().map(str::to_owned).collect())
    }

    #[test]
    fn options_set_the_kills() {
        let rows = [
            ("", Kills::default()),
            ("--kills 500 --seed 9 --pairs 7", Kills { kills: 500, seed: 9, run: None, pairs: 7 }),
            ("--run 17", Kills { run: Some(17), ..Kills::default() }),
        ];
        for (line, kills) in rows {
            assert_eq!(parse(line).unwrap(), kills, "{line}");
        }
        for line in ["--kills", "--kills many", "--sede 1", "--seed -1"] {
            assert!(parse(line).is_err(), "{line}");
        }
    }
}
