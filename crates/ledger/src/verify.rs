//! Detects tampering with the ledger: every change, removal and reordering of rows, by chain and record number.
//!
//! An attacker who can write to the store but has no signing key cannot forge or change a record, nor remove one from
//! the middle of a chain, without a finding. They can still remove the newest records together with everything that
//! refers to them and put back the older heads that they kept, or delete the whole ledger. A running instance refuses
//! to append to a chain that lost records it has seen (`seen.rs`). Heads kept outside of the store detect the
//! remaining cases, for everything written before those heads: [`crate::witness`] collects them continuously and
//! [`heads`] on demand, and [`Scope::witnessed`] takes them. An attacker with the signing key can forge anything.

mod chain;
mod cross;
mod finding;
mod known;
#[cfg(test)]
mod tests;
mod walk;

pub use finding::{Counts, Finding, Report, Wrong};

use crate::day::Day;
use crate::names;
use crate::record::Head;
use crate::signed_ledger::SignedLedger;
use agent::ports::Unavailable;
use walk::Walk;

/// The part of the ledger to verify.
#[derive(Debug, Clone, Default)]
pub struct Scope {
    /// The only tenant to verify; all tenants if `None`.
    pub tenant: Option<String>,
    /// First day, inclusive; no lower limit if `None`.
    pub from: Option<Day>,
    /// Last day, inclusive; no upper limit if `None`.
    pub to: Option<Day>,
    /// Heads kept outside of the store. Their records must still exist.
    pub witnessed: Vec<Head>,
}

impl Scope {
    fn holds(&self, chain: &str) -> bool {
        let within = |day| self.from.is_none_or(|from| from <= day) && self.to.is_none_or(|to| day <= to);
        names::day_of(chain).is_some_and(within)
    }
}

/// Verifies every row of the ledger in `scope`. Runs a second pass if the first has findings and reports only what
/// both found, because the ledger may grow while it is read.
///
/// # Errors
/// [`Unavailable`] if the ledger could not be read completely. The result is then unknown.
pub async fn verify(ledger: &SignedLedger, scope: &Scope) -> Result<Report, Unavailable> {
    let mut report = Walk::of(&ledger.0, scope).report().await?;
    if !report.findings.is_empty() {
        let again = Walk::of(&ledger.0, scope).report().await?;
        report.findings.retain(|finding| again.findings.contains(finding));
    }
    Ok(report)
}

/// Returns the stored heads of all chains in `scope`, including the lists of chains and of tenants. Signatures are
/// not checked.
///
/// # Errors
/// [`Unavailable`] if the ledger could not be read completely.
pub async fn heads(ledger: &SignedLedger, scope: &Scope) -> Result<Vec<Head>, Unavailable> {
    Walk::of(&ledger.0, scope).heads().await
}
