//! Finds what was done to the ledger: every change, removal or new order of its rows, by chain and number.
//!
//! Who can write to the store but has no signing key cannot make or change a record, nor leave one out of the middle. What
//! they still can do: remove the newest records with all that refers to them and put back the older heads that they kept,
//! or remove the ledger whole. A running instance appends to no chain that lost what it has seen, see `seen.rs`. Against the
//! rest there are heads that were kept elsewhere, as [`crate::witness`] gives them while they are written, or [`heads`] on
//! demand. Handed in as [`Scope::witnessed`] they find this too, for all that was written before them. Who has the signing
//! key can write anything.

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

/// The part of the ledger that is looked at.
#[derive(Debug, Clone, Default)]
pub struct Scope {
    /// One tenant, or all of them.
    pub tenant: Option<String>,
    /// The first day, or the first there is.
    pub from: Option<Day>,
    /// The last day, or the last there is.
    pub to: Option<Day>,
    /// Heads that were kept elsewhere: their records must still be there.
    pub witnessed: Vec<Head>,
}

impl Scope {
    fn holds(&self, chain: &str) -> bool {
        let within = |day| self.from.is_none_or(|from| from <= day) && self.to.is_none_or(|to| day <= to);
        names::day_of(chain).is_some_and(within)
    }
}

/// Looks at every row of the ledger in `scope`. A finding counts when a second look finds it too, for the ledger may grow
/// while it is read.
///
/// # Errors
/// [`Unavailable`]: then it is not known whether anything is wrong.
pub async fn verify(ledger: &SignedLedger, scope: &Scope) -> Result<Report, Unavailable> {
    let mut report = Walk::of(&ledger.0, scope).report().await?;
    if !report.findings.is_empty() {
        let again = Walk::of(&ledger.0, scope).report().await?;
        report.findings.retain(|finding| again.findings.contains(finding));
    }
    Ok(report)
}

/// The head of every chain in `scope`, of the lists of chains and tenants too, as they are signed.
///
/// # Errors
/// [`Unavailable`] with the cause.
pub async fn heads(ledger: &SignedLedger, scope: &Scope) -> Result<Vec<Head>, Unavailable> {
    Walk::of(&ledger.0, scope).heads().await
}
