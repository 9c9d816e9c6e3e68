//! The standing approvals of people: they give them with a passkey on the page of a question, each use is spent in the
//! store, and they revoke them in their inbox.

use crate::own_entry;
use crate::policy::StandingBounds;
use agent::Actor;
use agent::approval::{ApprovalId, Question, SignedApproval, StandingLimits};
use agent::personal_records;
use agent::ports::{Asking, EvidenceError, Ledger, Millis, Outcome, PersonalRecords, RecordKind, Unavailable};
use agent::standing::{StandingApproval, StandingRecord, TooMany};
use std::fmt;
use std::sync::Arc;

/// The name under which the ledger records that standing approvals are given and revoked.
const LEDGER_NAME: &str = "standing_approvals";

/// A standing approval was not kept.
#[derive(Debug, thiserror::Error)]
pub enum GiveError {
    /// The person has as many as are allowed.
    #[error(transparent)]
    TooMany(#[from] TooMany),
    /// A service did not answer.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// The standing approvals of everybody.
#[derive(Clone)]
pub struct StandingApprovals {
    records: Arc<dyn PersonalRecords>,
    ledger: Arc<dyn Ledger>,
}

impl StandingApprovals {
    /// Creates the service; `ledger` records what people give and revoke.
    #[must_use]
    pub fn new(records: Arc<dyn PersonalRecords>, ledger: Arc<dyn Ledger>) -> Self {
        Self { records, ledger }
    }

    /// Returns a person's standing approvals that have not ended.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn list(&self, actor: &Actor, now: Millis) -> Result<Vec<StandingApproval>, Unavailable> {
        Ok(self.read(actor).await?.current(now).cloned().collect())
    }

    /// Keeps the standing approval that was given with the answer to `question`. `given` signs its limits.
    ///
    /// # Errors
    /// See [`GiveError`].
    pub async fn give(
        &self,
        actor: &Actor,
        question: &Question,
        given: &SignedApproval,
        others: &[String],
        now: Millis,
    ) -> Result<(), GiveError> {
        let Some(limits) = given.standing.as_ref().map(|standing| standing.limits.clone()) else { return Ok(()) };
        let intent = words(&limits, &question.summary, others, now);
        let (given, summary) = (given.clone(), question.summary.clone());
        let new = StandingApproval { limits, given, summary, others: others.to_vec(), used: Vec::new() };
        let entry = own_entry::open(&*self.ledger, LEDGER_NAME, actor, intent, now).await?;
        let kept = self.change(actor, |own| own.add(new.clone(), now)).await;
        let kept = kept.map_err(GiveError::from).and_then(|added| added.map_err(GiveError::from));
        let failed = kept.as_ref().err().map(|error| match error {
            GiveError::TooMany(error) => Outcome::NotDone(error.to_string()),
            GiveError::Unavailable(_) => Outcome::Unknown,
        });
        own_entry::close(&*self.ledger, &entry, failed, now).await;
        kept
    }

    /// Revokes a standing approval. It approves nothing from now on, not even what nobody has acted on yet. Does
    /// nothing if the person has none with this id.
    ///
    /// # Errors
    /// [`Unavailable`]: it may have been revoked.
    pub async fn revoke(&self, actor: &Actor, id: &ApprovalId, now: Millis) -> Result<(), Unavailable> {
        let own = self.read(actor).await?;
        if !own.current(now).any(|own| own.limits.id == *id) {
            return Ok(());
        }
        let intent = format!("Revoke the standing approval {}", id.code());
        let entry = own_entry::open(&*self.ledger, LEDGER_NAME, actor, intent, now).await?;
        let revoked = self
            .change(actor, |own| {
                own.revoke(id);
            })
            .await;
        own_entry::close(&*self.ledger, &entry, revoked.as_ref().err().map(|_| Outcome::Unknown), now).await;
        revoked
    }

    /// Returns the approvals with which the person gave standing approvals that cover the action, and that the policy
    /// still allows.
    pub(crate) async fn covering(
        &self,
        asking: &Asking<'_>,
        bounds: &StandingBounds,
        now: Millis,
    ) -> Result<Vec<SignedApproval>, Unavailable> {
        if !bounds.allows(asking.question) {
            return Ok(Vec::new());
        }
        let own = self.read(asking.actor).await?;
        let found = own.covering(asking.actor, &asking.kind, asking.place, now);
        let is_allowed = |own: &&StandingApproval| bounds.allow_limits(&own.limits, &own.given);
        // The limits of the evidence are those that were signed.
        let is_whole = |own: &&StandingApproval| {
            own.given.standing.as_ref().is_some_and(|given| given.limits == own.limits && given.used.is_none())
        };
        Ok(found.into_iter().filter(is_allowed).filter(is_whole).map(|own| own.given.clone()).collect())
    }

    /// Spends a use for the call that asks. `None` if others have used or revoked it meanwhile.
    pub(crate) async fn spend(
        &self,
        asking: &Asking<'_>,
        given: &SignedApproval,
        now: Millis,
    ) -> Result<Option<SignedApproval>, Unavailable> {
        let Some(standing) = &given.standing else { return Ok(None) };
        let spend =
            |own: &mut StandingRecord| own.spend(&standing.limits.id, asking.actor, &asking.kind, asking.place, now);
        self.change(asking.actor, spend).await
    }

    /// Verifies once more that a use is that of the call that asks, that the standing approval was not revoked, and
    /// that the policy allows it. An approval without a use passes.
    pub(crate) async fn verify(
        &self,
        asking: &Asking<'_>,
        approval: &SignedApproval,
        bounds: Option<&StandingBounds>,
    ) -> Result<(), EvidenceError> {
        let Some(standing) = &approval.standing else { return Ok(()) };
        let limits = &standing.limits;
        let invalid = |what: &str| Err(EvidenceError::Invalid(what.to_owned()));
        let Some(number) = standing.used else { return Ok(()) };
        if !bounds.is_some_and(|bounds| bounds.allows(asking.question) && limits.uses <= bounds.uses) {
            return invalid("the policy allows no standing approval of this action");
        }
        let own = self.read(asking.actor).await?;
        if own.holds(&limits.id, number, asking.place) { Ok(()) } else { invalid("the standing approval was revoked") }
    }

    async fn read(&self, actor: &Actor) -> Result<StandingRecord, Unavailable> {
        personal_records::read(&*self.records, actor, RecordKind::StandingApprovals).await
    }

    /// Changes a person's record. `change` recognizes its own effect, because a write whose answer was lost is repeated.
    async fn change<T: Send>(
        &self,
        actor: &Actor,
        change: impl Fn(&mut StandingRecord) -> T + Send + Sync,
    ) -> Result<T, Unavailable> {
        personal_records::change(&*self.records, actor, RecordKind::StandingApprovals, change).await
    }
}

/// Returns the words by which the ledger records what a person approves in advance.
fn words(limits: &StandingLimits, summary: &str, others: &[String], now: Millis) -> String {
    let minutes = (limits.until - now + 59_999) / 60_000;
    let others = others.iter().map(|name| text::shown(name)).collect::<Vec<_>>().join(", ");
    let action = if others.is_empty() { summary.to_owned() } else { format!("{summary} (also {others})") };
    format!("Approve in advance: {action}, {} times in {minutes} minutes, code {}", limits.uses, limits.id.code())
}

impl fmt::Debug for StandingApprovals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StandingApprovals").finish_non_exhaustive()
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests;
