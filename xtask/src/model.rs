//! `model`: the long run of the crossings of two instances, which the normal tests only sample.

use anyhow::{Context, Result, bail};

use crate::setup::{self, Need};
use crate::shell::{self, step};
use crate::table::{self, Table};
use crate::workspace::Workspace;

/// The test whose extent is set by environment variables.
const TEST: &str = "schedules::crossings_hold_to_the_requested_depth";

/// The schedules to run in addition to all single crossings.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Crossings {
    /// Number of pairs; all of them if `None`.
    pub(crate) pairs: Option<u32>,
    /// Number of triples.
    pub(crate) triples: u32,
    /// Seed of the samples; the same seed runs the same schedules.
    pub(crate) seed: u64,
}

impl Default for Crossings {
    fn default() -> Self {
        Self { pairs: None, triples: 100_000, seed: 1 }
    }
}

impl Crossings {
    /// Parses the options of the command line.
    pub(crate) fn parse(words: Vec<String>) -> Result<Self> {
        let mut crossings = Self::default();
        let mut words = words.into_iter();
        while let Some(word) = words.next() {
            let value = words.next().with_context(|| format!("{word} needs a value"))?;
            let number = || format!("{word} takes a number, not {value}");
            match word.as_str() {
                "--pairs" => crossings.pairs = Some(value.parse().with_context(number)?),
                "--triples" => crossings.triples = value.parse().with_context(number)?,
                "--seed" => crossings.seed = value.parse().with_context(number)?,
                _ => bail!("model has no option {word}"),
            }
        }
        Ok(crossings)
    }
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn parse(line: &str) -> Result<Crossings> {
        Crossings::parse(line.split_whitespace().map(str::to_owned).collect())
    }

    #[test]
    fn options_set_the_number_of_crossings() {
        let rows = [
            ("", Crossings::default()),
            ("--pairs 5 --triples 6 --seed 7", Crossings { pairs: Some(5), triples: 6, seed: 7 }),
        ];
        for (line, crossings) in rows {
            assert_eq!(parse(line).unwrap(), crossings, "{line}");
        }
        for line in ["--pairs", "--pairs all", "--triple 1"] {
            assert!(parse(line).is_err(), "{line}");
        }
    }
}
