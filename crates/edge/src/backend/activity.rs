//! Reads the recorded decisions and actions for one caller: their own, or everybody's if they are an auditor of their
//! organization. A failed permission check never counts as a permission, and no result is cached: every request checks
//! anew.

use super::role::{self, AUDITOR, MissingRole};
use crate::services::Services;
use agent::Actor;
use agent::approval::ApprovalId;
use agent::ports::{Filter, Millis, PastEntry, Unavailable};
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

    /// Returns at most `most` of the caller's own entries, newest first.
    ///
    /// # Errors
    /// [`Unavailable`] when the entries cannot be read.
    pub async fn own(&self, times: Range<Millis>, most: usize) -> Result<Vec<PastEntry>, Unavailable> {
        self.services.audit.entries_of(self.actor, times, most).await
    }

    /// Returns at most `most` entries of everybody in the caller's organization, newest first.
    ///
    /// # Errors
    /// See [`MissingRole`].
    pub async fn all(&self, times: Range<Millis>, filter: &Filter, most: usize) -> Result<Vec<PastEntry>, MissingRole> {
        self.audits().await?;
        Ok(self.services.audit.entries(self.actor.tenant(), times, filter, most).await?)
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
