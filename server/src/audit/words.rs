//! Writes the results of these commands. Names and reasons may come from anywhere, so invisible characters are written
//! as their codes.

use edge::time_text;
use ledger::receipt::{BadReceipt, Receipt};
use ledger::verify::Report;
use ledger::{ActionOutcome, Person};
use std::io::Write;
use text::visible;

/// Writes every finding, every open entry, and the counts.
pub(super) fn report(report: &Report, out: &mut impl Write) -> anyhow::Result<()> {
    for finding in &report.findings {
        writeln!(out, "{}", visible(&finding.to_string()))?;
    }
    for entry in &report.open {
        writeln!(out, "note: {} has no outcome yet", visible(&entry.0))?;
    }
    let counts = &report.counts;
    let verdict = match report.findings.len() {
        0 => "nothing is wrong".to_owned(),
        1 => "1 thing is wrong".to_owned(),
        many => format!("{many} things are wrong"),
    };
    writeln!(
        out,
        "{} tenants, {} chains, {} records, {} entries, {} without an outcome: {verdict}",
        counts.tenants,
        counts.chains,
        counts.records,
        counts.entries,
        report.open.len(),
    )?;
    Ok(())
}

/// Writes the content of a valid receipt.
pub(super) fn receipt(receipt: &Receipt, out: &mut impl Write) -> anyhow::Result<()> {
    let statement = &receipt.statement;
    let asked = &statement.asked;
    let Person { issuer, subject, .. } = &statement.on_behalf_of;
    let yes = &statement.approved;
    let ran = match &statement.ran {
        None => "no outcome was recorded when the receipt was made".to_owned(),
        Some(ran) => {
            let how = match &ran.outcome {
                ActionOutcome::Done => "done".to_owned(),
                ActionOutcome::NotDone { reason } => format!("not done: {reason}"),
                ActionOutcome::Unknown => "outcome unknown".to_owned(),
            };
            format!("{how}; allowed {}, ended {}", time_text::display(ran.from), time_text::display(ran.to))
        }
    };
    let rows = [
        ("asked", asked.intent.clone()),
        ("tool", format!("{} ({} on {})", asked.tool, asked.relation, asked.object)),
        ("for", format!("{subject} of {issuer}, organization {}", asked.tenant)),
        ("approved", format!("by {} of {}, {}", yes.subject, yes.issuer, time_text::display(yes.at))),
        ("evidence", format!("SHA-256 {}", yes.evidence)),
        ("ran", ran),
        ("approval", asked.approval.to_string()),
        ("digest", asked.digest.clone()),
        ("written", format!("{} record {}", statement.opened.chain, statement.opened.seq)),
    ];
    writeln!(out, "The receipt is valid.")?;
    for (name, text) in rows {
        writeln!(out, "{name:<9} {}", visible(&text))?;
    }
    Ok(())
}

/// Writes the reason why a receipt is not valid.
pub(super) fn bad_receipt(error: &BadReceipt, out: &mut impl Write) -> anyhow::Result<()> {
    Ok(writeln!(out, "The receipt is not valid: {}", visible(&error.to_string()))?)
}
