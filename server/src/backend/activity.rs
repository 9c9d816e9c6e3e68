//! What was decided and done, for one caller: their own, or everybody's if they are an auditor of their organization.
//! It must never take a failure for a permission, and never keep one: every request asks afresh.

use crate::services::Services;
use agent::Actor;
use agent::Intent;
use agent::approval::ApprovalId;
use agent::intent::{Object, Relation, Risk};
use agent::ports::authorizer::Decision;
use agent::ports::{Filter, Millis, PastEntry, Unavailable};
use std::ops::Range;

/// The relation to the organization that lets somebody read what others did.
pub const AUDITOR: Relation = Relation("auditor");

/// What an organization is called in the authorization model.
const TENANT: &str = "tenant";

/// The reader, bound to its caller.
#[derive(Debug, Clone, Copy)]
pub struct Activity<'a> {
    services: &'a Services,
    actor: &'a Actor,
}

/// Why there is nothing to read.
#[derive(Debug, thiserror::Error)]
pub enum NoActivity {
    /// The caller is no auditor of their organization.
    #[error("the relation to {object} is missing")]
    Denied {
        /// The organization as the authorization model names it.
        object: String,
    },
    /// It is not known.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
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
    /// See [`NoActivity`].
    pub async fn all(&self, times: Range<Millis>, filter: &Filter, most: usize) -> Result<Vec<PastEntry>, NoActivity> {
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
            Err(NoActivity::Denied { .. }) => Ok(None),
            Err(NoActivity::Unavailable(error)) => Err(error),
        }
    }

    /// Whether the caller is an auditor, now.
    ///
    /// # Errors
    /// See [`NoActivity`].
    pub async fn audits(&self) -> Result<(), NoActivity> {
        let tenant = self.actor.tenant();
        let denied = || NoActivity::Denied { object: format!("{TENANT}:{tenant}") };
        // Of an organization that the model cannot name, nobody can be an auditor.
        let object = Object::new(TENANT, tenant).map_err(|_| denied())?;
        let intent = Intent {
            summary: "Read the activity of everybody".to_owned(),
            verb: "Read activity",
            target: tenant.to_owned(),
            relation: AUDITOR,
            object,
            risk: Risk::Read,
            needs: None,
        };
        match self.services.authorizer.decide(self.actor, &intent).await? {
            Decision::Allow => Ok(()),
            Decision::Deny => Err(denied()),
        }
    }
}
