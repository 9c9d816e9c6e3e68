//! Writes the results of these commands. Names and reasons may come from anywhere, so invisible characters are written
//! as their codes.

use agent::approval::Channel;
use edge::time_text;
use ledger::receipt::{BadReceipt, Receipt};
use ledger::verify::Report;
use ledger::{ActionOutcome, GivenApproval, Person};
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
    let mut rows = vec![
        ("asked", asked.intent.clone()),
        ("tool", format!("{} ({} on {})", asked.tool, asked.relation, asked.object)),
        ("for", format!("{subject} of {issuer}, organization {}", asked.tenant)),
        ("ran", ran),
        ("approval", asked.approval.to_string()),
        ("digest", asked.digest.clone()),
        ("written", format!("{} record {}", statement.opened.chain, statement.opened.seq)),
    ];
    rows.splice(3..3, statement.approved.iter().flat_map(|given| approval(given, &asked.digest)));
    writeln!(out, "The receipt is valid.")?;
    for (name, text) in rows {
        writeln!(out, "{name:<9} {}", visible(&text))?;
    }
    Ok(())
}

/// Returns the lines about one approval. The receipt was verified, so an assertion has an origin.
fn approval(given: &GivenApproval, digest: &str) -> [(&'static str, String); 2] {
    let GivenApproval { subject, issuer, at, evidence, channel, .. } = given;
    let by = format!("by {subject} of {issuer}, {}", time_text::display(*at));
    let how = match channel {
        Channel::Ciba => "on the phone",
        Channel::Passkey => "with a passkey",
        Channel::SecondPerson => "as second person, with a passkey",
    };
    let evidence = match given.verify(digest) {
        Ok(Some(origin)) => format!("the passkey signed the digest below, on {origin}"),
        Ok(None) | Err(_) => format!("SHA-256 {evidence}"),
    };
    [("approved", format!("{by}, {how}")), ("evidence", evidence)]
}

/// Writes the reason why a receipt is not valid.
pub(super) fn bad_receipt(error: &BadReceipt, out: &mut impl Write) -> anyhow::Result<()> {
    Ok(writeln!(out, "The receipt is not valid: {}", visible(&error.to_string()))?)
}
