//! `countersign ledger witness`: keeps the ledger's heads outside the ledger as they are written. It must never write
//! to the table.

use super::{CommandContext, Finding, heads, read};
use crate::wiring::ledger_commands;
use agent::ports::Clock;
use anyhow::Context;
use ledger::{Day, Head};
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::Path;
use std::time::Duration;
use system::SystemClock;
use tokio::signal::unix::{SignalKind, signal};
use tokio::time::MissedTickBehavior;

/// Polls the ledger at the interval `every`, and appends new heads to `file`, or to `out` without one. Alarms go to the
/// log.
///
/// # Errors
/// Fails if the heads cannot be written, or if the last of a limited number of polls fails.
pub(super) async fn follow(
    CommandContext { config, aws }: CommandContext,
    file: Option<&Path>,
    every: Duration,
    looks: Option<u32>,
    out: &mut impl Write,
) -> anyhow::Result<Finding> {
    let before = file.filter(|file| file.exists()).map(|file| heads(&read(file)?, file)).transpose()?;
    let mut kept = file.map(open).transpose()?;
    let mut witness = ledger_commands::witness(&config, &aws, &before.unwrap_or_default()).await?;
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    let mut ticks = tokio::time::interval(every);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let (mut found, mut left) = (Finding::Well, looks);
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            _ = interrupt.recv() => return Ok(found),
            _ = terminate.recv() => return Ok(found),
        }
        left = left.map(|left| left.saturating_sub(1));
        let today = Day::of(SystemClock.now()).context("the clock shows no valid date")?;
        match witness.look(today).await {
            Ok(look) => {
                match &mut kept {
                    Some(file) => keep(&look.heads, file).and_then(|()| Ok(file.sync_data()?)),
                    None => keep(&look.heads, out),
                }
                .context("the heads cannot be written")?;
                for alarm in look.alarms {
                    tracing::error!(chain = alarm.chain, reason = alarm.reason, "ALARM: the ledger was tampered with");
                    found = Finding::Wrong;
                }
            }
            Err(error) if left == Some(0) => return Err(error.into()),
            Err(error) => tracing::warn!(error = %error, "the ledger could not be read; the next read makes up for it"),
        }
        if left == Some(0) {
            return Ok(found);
        }
    }
}

/// Opens the file at its end. A last line that broke off is ended, so that the next one stands by itself.
fn open(path: &Path) -> anyhow::Result<File> {
    let torn = path.exists() && read(path)?.bytes().last().is_some_and(|last| last != b'\n');
    let file = OpenOptions::new().create(true).append(true).open(path);
    let mut file = file.with_context(|| path.display().to_string())?;
    if torn {
        file.write_all(b"\n")?;
    }
    Ok(file)
}

/// Writes one line per head, all of them at once.
fn keep(heads: &[Head], to: &mut impl Write) -> anyhow::Result<()> {
    let mut lines = String::new();
    for head in heads {
        lines.push_str(&serde_json::to_string(head)?);
        lines.push('\n');
    }
    to.write_all(lines.as_bytes())?;
    Ok(to.flush()?)
}
