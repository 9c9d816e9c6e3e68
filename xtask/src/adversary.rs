//! `adversary`: long runs of the two property tests with a hostile model, one of the core and one of the whole server.

use anyhow::{Result, bail};
use clap::Args;

use crate::setup::{self, Need};
use crate::shell::{self, step};
use crate::workspace::Workspace;

/// Test of the core; fakes stand for its ports.
const CORE: &str = "whatever_the_model_says_nothing_happens_without_permission_and_approval";
/// Test of the whole server, over sockets.
const SERVER: &str =
    "adversary::attack_24_39_40_nothing_happens_without_permission_and_approval_whatever_the_model_says";

/// The extent of the attack.
#[derive(Debug, PartialEq, Eq, Args)]
pub(crate) struct Attacks {
    /// Conversations with the whole server. The core, which needs no sockets, gets twenty times as many.
    #[arg(long, default_value_t = 500)]
    pub(crate) transcripts: u32,
    /// Seed of the random words; the same seed gives the same words.
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
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
