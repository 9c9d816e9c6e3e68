//! The commands that inspect the ledger from outside: they verify it, print its heads and its public keys, and check
//! receipts. They must never write to the ledger.

mod arguments;
mod witness;
mod words;

pub use arguments::{Command, Range, Usage};

use crate::config::Config;
use crate::wiring::ledger_commands;
use anyhow::Context;
use aws_config::SdkConfig;
use ledger::verify::Scope;
use ledger::{Head, PublicKeys, receipt};
use std::io::Write;
use std::path::{Path, PathBuf};

/// The usage text of these commands.
pub const USAGE: &str = "\
countersign ledger verify    check whether anything in the ledger was changed, removed or reordered
countersign ledger heads     print the signed heads of its chains, one JSON object a line, to be stored elsewhere
    both: --tenant TENANT, --from DAY, --to DAY (2026-01-31); verify: --witness FILE, heads that were stored elsewhere
countersign ledger witness   append the signed heads as they are written to --file FILE, or print them; reads every 10
                             seconds (--every SECONDS) until stopped (or --looks NUMBER), continues where FILE ends
countersign ledger key       print the public keys that check ledger and receipts
countersign receipt verify FILE
                             check a receipt; with --key KEY (more than once, if there are more) it needs nothing else
    These exit with 0 if everything is valid, 1 if something is wrong, and 2 if the check could not be made.
";

/// The finding of a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finding {
    /// Nothing is wrong.
    Well,
    /// Something is wrong.
    Wrong,
}

/// The settings and the AWS account that commands need. To check a receipt with a given key, neither is needed.
#[derive(Debug)]
pub struct CommandContext {
    /// The settings.
    pub config: Config,
    /// The configuration of the AWS SDK.
    pub aws: SdkConfig,
}

impl Command {
    /// Runs the command and writes its result to `out`.
    ///
    /// # Errors
    /// Fails if the result cannot be determined.
    pub async fn run<F>(self, outside: impl FnOnce() -> F, out: &mut impl Write) -> anyhow::Result<Finding>
    where
        F: Future<Output = anyhow::Result<CommandContext>>,
    {
        match self {
            Self::Verify { range, witness } => {
                let scope = scope(range, &witness)?;
                let CommandContext { config, aws } = outside().await?;
                let report = ledger_commands::verify(&config, &aws, &scope).await?;
                words::report(&report, out)?;
                Ok(if report.findings.is_empty() { Finding::Well } else { Finding::Wrong })
            }
            Self::Heads { range } => {
                let CommandContext { config, aws } = outside().await?;
                for head in ledger_commands::heads(&config, &aws, &scope(range, &[])?).await? {
                    writeln!(out, "{}", serde_json::to_string(&head)?)?;
                }
                Ok(Finding::Well)
            }
            Self::Witness { file, every, looks } => {
                witness::follow(outside().await?, file.as_deref(), every, looks, out).await
            }
            Self::Key => {
                let CommandContext { config, aws } = outside().await?;
                for line in ledger_commands::keys(&config, &aws).await?.public().lines() {
                    writeln!(out, "{line}")?;
                }
                Ok(Finding::Well)
            }
            Self::Receipt { file, keys } => {
                let text = read(&file)?;
                let keys = if keys.is_empty() {
                    let CommandContext { config, aws } = outside().await?;
                    ledger_commands::keys(&config, &aws).await?.public()
                } else {
                    given(&keys)?
                };
                match receipt::verify(&text, &keys) {
                    Ok(receipt) => words::receipt(&receipt, out).map(|()| Finding::Well),
                    Err(error) => words::bad_receipt(&error, out).map(|()| Finding::Wrong),
                }
            }
        }
    }
}

fn scope(range: Range, files: &[PathBuf]) -> anyhow::Result<Scope> {
    let Range { tenant, from, to } = range;
    let mut witnessed = Vec::new();
    for file in files {
        witnessed.extend(heads(&read(file)?, file)?);
    }
    Ok(Scope { tenant, from, to, witnessed })
}

/// Parses the heads in the text of `file`, one per line. A line that breaks off, because its writer was stopped, is
/// skipped.
fn heads(text: &str, file: &Path) -> anyhow::Result<Vec<Head>> {
    let mut heads = Vec::new();
    for (number, line) in (1..).zip(text.lines()).filter(|(_, line): &(u32, &str)| !line.trim().is_empty()) {
        match serde_json::from_str(line) {
            Ok(head) => heads.push(head),
            Err(error) if error.is_eof() => {}
            Err(error) => {
                return Err(error).with_context(|| format!("line {number} of {} is not a head", file.display()));
            }
        }
    }
    Ok(heads)
}

fn read(file: &Path) -> anyhow::Result<String> {
    std::fs::read_to_string(file).with_context(|| file.display().to_string())
}

fn given(keys: &[String]) -> anyhow::Result<PublicKeys> {
    let mut public = PublicKeys::default();
    for key in keys {
        public.add(key)?;
    }
    Ok(public)
}

#[cfg(test)]
mod tests;
