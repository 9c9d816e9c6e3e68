//! Writes the results of these commands. Names and reasons may come from anywhere, so invisible characters are written
//! as their codes.

use agent::approval::{Channel, Standing};
use edge::time_text;
use ledger::receipt::{Asked, BadReceipt, Receipt};
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
    rows.splice(3..3, statement.approved.iter().flat_map(|given| approval(given, asked)));
    writeln!(out, "The receipt is valid.")?;
    for (name, text) in rows {
        writeln!(out, "{name:<9} {}", visible(&text))?;
    }
    Ok(())
}

/// Returns the lines about one approval. The receipt was verified, so an assertion has an origin.
fn approval(given: &GivenApproval, asked: &Asked) -> Vec<(&'static str, String)> {
    let GivenApproval { subject, issuer, at, evidence, channel, standing, .. } = given;
    let by = format!("by {subject} of {issuer}, {}", time_text::display(*at));
    let how = match channel {
        Channel::Ciba => "on the phone",
        Channel::Passkey => "with a passkey",
        Channel::SecondPerson => "as second person, with a passkey",
    };
    let signed = if standing.is_some() { "the limits of the standing approval" } else { "the digest below" };
    let evidence = match given.verify(&asked.approval, &asked.digest) {
        Ok(Some(origin)) => format!("the passkey signed {signed}, on {origin}"),
        Ok(None) | Err(_) => format!("SHA-256 {evidence}"),
    };
    let standing = standing.as_ref().map(|standing| ("standing", self::standing(standing)));
    let rows = [("approved", format!("{by}, {how}")), ("evidence", evidence)];
    rows.into_iter().chain(standing).collect()
}

/// Returns the limits of a standing approval, and the use that it decided by.
fn standing(standing: &Standing) -> String {
    let Standing { limits, used } = standing;
    let (code, uses, until) = (limits.id.code(), limits.uses, time_text::display(limits.until));
    match used {
        Some(number) => {
            format!("decided by the standing approval {code}, use {number} of {uses}, given until {until}")
        }
        None => format!("the standing approval {code} was given with it: {uses} uses until {until}"),
    }
}

/// Writes the reason why a receipt is not valid.
pub(super) fn bad_receipt(error: &BadReceipt, out: &mut impl Write) -> anyhow::Result<()> {
    Ok(writeln!(out, "The receipt is not valid: {}", visible(&error.to_string()))?)
}
