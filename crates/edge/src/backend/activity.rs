//! Reads the recorded decisions and actions for one caller: their own, or everybody's if they are an auditor of their
//! organization. A failed permission check never counts as a permission, and no result is cached: every request checks
//! anew.

use super::role::{self, AUDITOR, MissingRole};
use crate::services::Services;
use agent::Actor;
use agent::approval::ApprovalId;
use agent::ports::{EntryId, EntryProof, Filter, FoundEntries, Millis, PastEntry, Unavailable};
use std::ops::Range;

/// The reader of recorded actions, bound to its caller.
#[derive(Debug, Clone, Copy)]
pub struct Activity<'a> {
    services: &'a Services,
    actor: &'a Actor,
}

impl<'a> Activity<'a> {
    /// Binds the reader to `actor`.
    #[must_use]
    pub const fn new(services: &'a Services, actor: &'a Actor) -> Self {
        Self { services, actor }
    }

    /// Searches the caller's own entries; returns at most `most`, newest first.
    ///
    /// # Errors
    /// [`Unavailable`] when the entries cannot be read.
    pub async fn own(&self, times: Range<Millis>, filter: &Filter, most: usize) -> Result<FoundEntries, Unavailable> {
        // Other people's entries are not among one's own, whoever is named.
        let filter = Filter { person: None, ..filter.clone() };
        self.services.audit.search_own(self.actor, times, &filter, most).await
    }

    /// Searches everybody's entries in the caller's organization; returns at most `most`, newest first.
    ///
    /// # Errors
    /// See [`MissingRole`].
    pub async fn all(&self, times: Range<Millis>, filter: &Filter, most: usize) -> Result<FoundEntries, MissingRole> {
        self.audits().await?;
        Ok(self.services.audit.search(self.actor.tenant(), times, filter, most).await?)
    }

    /// Returns an entry and its place in the ledger: the caller's own or, for an auditor, anybody's. To other callers,
    /// somebody else's entry is reported like a missing one.
    ///
    /// # Errors
    /// [`Unavailable`] when the entry or the caller's role cannot be looked up.
    pub async fn entry(&self, id: &EntryId) -> Result<Option<(PastEntry, EntryProof)>, Unavailable> {
        let found = self.services.audit.entry(self.actor.tenant(), id).await?;
        let Some((entry, _)) = &found else { return Ok(None) };
        if (entry.issuer.as_str(), entry.subject.as_str()) == (self.actor.issuer(), self.actor.subject()) {
            return Ok(found);
        }
        match self.audits().await {
            Ok(()) => Ok(found),
            Err(MissingRole::Denied { .. }) => Ok(None),
            Err(MissingRole::Unavailable(error)) => Err(error),
        }
    }

    /// Returns the receipt of an approval: the caller's own or, for an auditor, anybody's. To other callers, somebody
    /// else's receipt is reported like a missing one.
    ///
    /// # Errors
    /// [`Unavailable`] when the receipt or the caller's role cannot be looked up.
    pub async fn receipt(&self, approval: &ApprovalId) -> Result<Option<String>, Unavailable> {
        if let Some(own) = self.services.audit.receipt_of(self.actor, approval).await? {
            return Ok(Some(own));
        }
        match self.audits().await {
            Ok(()) => self.services.audit.receipt(self.actor.tenant(), approval).await,
            Err(MissingRole::Denied { .. }) => Ok(None),
            Err(MissingRole::Unavailable(error)) => Err(error),
        }
    }

    /// Checks that the caller is an auditor now.
    ///
    /// # Errors
    /// See [`MissingRole`].
    pub async fn audits(&self) -> Result<(), MissingRole> {
        role::require(self.services, self.actor, AUDITOR).await
    }
}
