//! `adversary`: long runs of the two property tests with a hostile model, one of the core and one of the whole server.

use anyhow::{Context, Result, bail};

use crate::setup::{self, Need};
use crate::shell::{self, step};
use crate::workspace::Workspace;

/// Test of the core; fakes stand for its ports.
const CORE: &str = "whatever_the_model_says_nothing_happens_without_permission_and_approval";
/// Test of the whole server, over sockets.
const SERVER: &str =
    "adversary::attack_24_39_40_nothing_happens_without_permission_and_approval_whatever_the_model_says";

/// The extent of the attack.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Attacks {
    /// Conversations with the whole server. The core, which needs no sockets, gets twenty times as many.
    pub(crate) transcripts: u32,
    /// Seed of the random words; the same seed gives the same words.
    pub(crate) seed: u64,
}

impl Default for Attacks {
    fn default() -> Self {
        Self { transcripts: 500, seed: 1 }
    }
}

impl Attacks {
    /// Parses the options of the command line.
    pub(crate) fn parse(words: Vec<String>) -> Result<Self> {
        let mut attacks = Self::default();
        let mut words = words.into_iter();
        while let Some(word) = words.next() {
            let value = words.next().with_context(|| format!("{word} needs a value"))?;
            let number = || format!("{word} takes a number, not {value}");
            match word.as_str() {
                "--transcripts" => attacks.transcripts = value.parse().with_context(number)?,
                "--seed" => attacks.seed = value.parse().with_context(number)?,
                _ => bail!("adversary has no option {word}"),
            }
        }
        Ok(attacks)
    }
}

/// Runs both tests. Each prints its counts; a violation is an error.
pub(crate) fn adversary(workspace: &mut Workspace, attacks: &Attacks) -> Result<()> {
    setup::ensure(workspace, &[Need::WebAssembly])?;
    let Attacks { transcripts, seed } = attacks;
    let (core, server) = (transcripts.saturating_mul(20).to_string(), transcripts.to_string());
    let core = attack(workspace, "the core", "adversary", CORE, &[("PROPTEST_CASES", core)]);
    let variables = [("ADVERSARY_TRANSCRIPTS", server), ("ADVERSARY_SEED", seed.to_string())];
    core.and(attack(workspace, "the whole server", "it", SERVER, &variables))
}

fn attack(workspace: &Workspace, what: &str, binary: &str, test: &str, variables: &[(&str, String)]) -> Result<()> {
    // Selects the same features as all tests, so that nothing is compiled twice.
    let words = [
        "test",
        "--workspace",
        "--exclude",
        "countersign-frontend",
        "--test",
        binary,
        "--",
        "--exact",
        test,
        "--nocapture",
    ];
    let mut cargo = workspace.cargo(words);
    cargo.envs(variables.iter().map(|(name, value)| (name, value)));
    let status = step(&format!("attack {what}"), || shell::status(&mut cargo))?;
    if !status.success() {
        bail!("an action was done without its permission or its approval: see above");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn options_set_the_number_of_attacks() {
        let parse = |line: &str| Attacks::parse(line.split_whitespace().map(str::to_owned).collect());
        assert_eq!(parse("").unwrap(), Attacks::default());
        assert_eq!(parse("--seed 9 --transcripts 50").unwrap(), Attacks { transcripts: 50, seed: 9 });
        for line in ["--transcripts", "--transcripts many", "--sede 1"] {
            assert!(parse(line).is_err(), "{line}");
        }
    }
}
