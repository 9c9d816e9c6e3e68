//! `crash`: the long form of the kill tests.

use anyhow::{Context, Result, bail};

use crate::setup::{self, Need};
use crate::shell::{self, step};
use crate::workspace::Workspace;

/// The one test that kills; its short form runs with all other tests.
const TEST: &str = "kills_anywhere_lose_nothing_and_do_nothing_twice";

/// How often to kill, and where.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Kills {
    /// At least so many.
    pub(crate) kills: u32,
    /// The same seed kills at the same places.
    pub(crate) seed: u64,
    /// One run of the list alone.
    pub(crate) run: Option<u32>,
}

impl Default for Kills {
    fn default() -> Self {
        Self { kills: 360, seed: 1, run: None }
    }
}

impl Kills {
    /// Reads the words of the command line.
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
                _ => bail!("crash knows no {word}"),
            }
        }
        Ok(kills)
    }
}

/// Kills the server until the list is done. The test prints the table; a violation is a failure.
pub(crate) fn crash(workspace: &mut Workspace, kills: &Kills) -> Result<()> {
    // The same toolchain and the same features as all tests have, so that nothing is compiled a second time.
    setup::ensure(workspace, &[Need::WebAssembly])?;
    let words = ["test", "--workspace", "--exclude", "frontend", "--test", "crash", "--", "--exact", TEST];
    let mut cargo = workspace.cargo(words);
    cargo.arg("--nocapture");
    cargo.env("CRASH_KILLS", kills.kills.to_string()).env("CRASH_SEED", kills.seed.to_string());
    if let Some(run) = kills.run {
        cargo.env("CRASH_RUN", run.to_string());
    }
    let status = step("kill the server", || shell::status(&mut cargo))?;
    if !status.success() {
        bail!("something was lost, done twice, or done without its yes: see above");
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
    fn words_say_where_to_kill() {
        let rows = [
            ("", Kills::default()),
            ("--kills 500 --seed 9", Kills { kills: 500, seed: 9, run: None }),
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
