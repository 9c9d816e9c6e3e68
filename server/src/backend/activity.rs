//! What was decided and done, for one caller: their own, or everybody's if they are an auditor of their organization.
//! It must never take a failure for a permission, and never keep one: every request asks afresh.

use super::office::{self, AUDITOR, NoOffice};
use crate::services::Services;
use agent::Actor;
use agent::approval::ApprovalId;
use agent::ports::{Filter, Millis, PastEntry, Unavailable};
use std::ops::Range;

/// The reader, bound to its caller.
#[derive(Debug, Clone, Copy)]
pub struct Activity<'a> {
    services: &'a Services,
    actor: &'a Actor,
}

impl<'a> Activity<'a> {
    /// What `actor` may read.
    #[must_use]
    pub const fn new(services: &'a Services, actor: &'a Actor) -> Self {
        Self { services, actor }
    }

    /// At most `most` of the caller's own entries, newest first.
    ///
    /// # Errors
    /// [`Unavailable`]: they are not known.
    pub async fn own(&self, times: Range<Millis>, most: usize) -> Result<Vec<PastEntry>, Unavailable> {
        self.services.audit.entries_of(self.actor, times, most).await
    }

    /// At most `most` of everybody's entries, newest first.
    ///
    /// # Errors
    /// See [`NoOffice`].
    pub async fn all(&self, times: Range<Millis>, filter: &Filter, most: usize) -> Result<Vec<PastEntry>, NoOffice> {
        self.audits().await?;
        Ok(self.services.audit.entries(self.actor.tenant(), times, filter, most).await?)
    }

    /// The receipt of an approval, the caller's own or, for an auditor, anybody's; to others a foreign one is as absent
    /// as one that never was.
    ///
    /// # Errors
    /// [`Unavailable`]: it is not known.
    pub async fn receipt(&self, approval: &ApprovalId) -> Result<Option<String>, Unavailable> {
        if let Some(own) = self.services.audit.receipt_of(self.actor, approval).await? {
            return Ok(Some(own));
        }
        match self.audits().await {
            Ok(()) => self.services.audit.receipt(self.actor.tenant(), approval).await,
            Err(NoOffice::Denied { .. }) => Ok(None),
            Err(NoOffice::Unavailable(error)) => Err(error),
        }
    }

    /// Whether the caller is an auditor, now.
    ///
    /// # Errors
    /// See [`NoOffice`].
    pub async fn audits(&self) -> Result<(), NoOffice> {
        office::holds(self.services, self.actor, AUDITOR).await
    }
}
