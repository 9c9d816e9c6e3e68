//! Whether a call may run. Four stages in a fixed order, and the only place where a [`Permit`] is made.
//! It must never know how any service answers, only what the answer means.

pub mod permit;
pub mod refusal;
mod stages;

pub use permit::Permit;
pub use refusal::Refusal;

use crate::ports::{Authorizer, Clock, Ledger, Outcome, Unavailable, Vault};
use crate::{Actor, Intent, ToolCall, ids::ConversationId};
use permit::Spent;
use std::fmt;
use std::sync::Arc;

/// Asks, in this order: does the actor have the relation, did a human say yes, is it written down, is there a credential.
#[derive(Clone)]
pub struct Guard {
    /// Fine-grained authorization.
    pub authorizer: Arc<dyn Authorizer>,
    /// Who did what.
    pub ledger: Arc<dyn Ledger>,
    /// Credentials, just in time.
    pub vault: Arc<dyn Vault>,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

impl Guard {
    /// Decides whether this actor may run this call now. A refusal is written in the ledger as well.
    ///
    /// # Errors
    /// A [`Refusal`]; every failure of a service is one. Nothing has been done then.
    pub async fn admit(
        &self,
        actor: &Actor,
        conversation: &ConversationId,
        call: ToolCall,
        intent: Intent,
    ) -> Result<Permit, Refusal> {
        stages::Request { actor: actor.clone(), conversation: conversation.clone(), call, intent }
            .authorize(self)
            .await?
            .approve()?
            .record(self)
            .await?
            .equip(self)
            .await
    }

    /// Closes the ledger's entry of a call that has run.
    ///
    /// # Errors
    /// [`Unavailable`] when the ledger cannot be written; an entry left open is itself a finding.
    pub async fn close(&self, spent: &Spent, outcome: Outcome) -> Result<(), Unavailable> {
        self.ledger.close(spent.entry(), outcome, self.clock.now()).await
    }
}

impl fmt::Debug for Guard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Guard").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
