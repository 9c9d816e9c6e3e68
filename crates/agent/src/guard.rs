//! The decision whether a call may run. Stages run in a fixed order, and this is the only place that creates a
//! [`Permit`]. The guard must not depend on how a service answers, only on the meaning of the answer.

mod account;
mod alone;
mod approve;
mod call_log;
mod locate;
pub mod permit;
mod question;
pub mod refusal;
mod stages;

pub use account::Remedy;
pub use call_log::{Account, ApprovalState, CallLog};
pub use permit::Permit;
pub use refusal::{NotApproved, Refusal};

use crate::ports::{
    Approver, Authorizer, Clock, CredentialProvider, EntryId, Ids, Ledger, Millis, Outcome, Policies, PolicyDecision,
    PromptLimiter, SignIns, Unavailable,
};
use crate::target::{Target, TargetLookup};
use crate::{Actor, Intent, ToolCall, approval::Definition, ids::ConversationId};
use permit::SpentPermit;
use std::fmt;
use std::sync::Arc;

/// Checks, in this order: policies allow what comes through a door, the actor has the relation, the account is connected, the actor may act on the object that
/// was looked up, a person approved the action, the ledger has an entry. Last of all it obtains the credential, and checks
/// that the person is still signed in.
#[derive(Clone)]
pub struct Guard {
    /// Fine-grained authorization.
    pub authorizer: Arc<dyn Authorizer>,
    /// The bounds of calls that come through doors.
    pub policies: Arc<dyn Policies>,
    /// Out-of-band approvals by people.
    pub approver: Arc<dyn Approver>,
    /// Limits on prompting a person.
    pub prompts: Arc<dyn PromptLimiter>,
    /// The record of decisions and outcomes.
    pub ledger: Arc<dyn Ledger>,
    /// The source of credentials, queried just before they are used.
    pub vault: Arc<dyn CredentialProvider>,
    /// People's sessions: nothing is done for somebody who has signed out.
    pub sign_ins: Arc<dyn SignIns>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Unguessable ids.
    pub ids: Arc<dyn Ids>,
    /// Longest wait for an approval, in milliseconds.
    pub patience: Millis,
}

/// The request for a permit to run one call.
#[derive(Debug, Clone)]
pub struct Request {
    /// The person on whose behalf the call runs.
    pub actor: Actor,
    /// The conversation that the call belongs to.
    pub conversation: ConversationId,
    /// The call.
    pub call: ToolCall,
    /// The action that the call stands for.
    pub intent: Intent,
    /// The tool as it is defined now.
    pub definition: Definition,
    /// The arguments that are not the person's own words, each with its origin.
    pub unsaid: Option<String>,
    /// The external recipient to whom the arguments would disclose other tools' results. The person must approve that,
    /// even for a call that only reads.
    pub discloses: Option<String>,
    /// The lookup of the object that the call touches. `None` if the intent names it.
    pub lookup: Option<Arc<dyn TargetLookup>>,
    /// The object as last looked up.
    target: Option<Target>,
    /// The last decision of the policies.
    policy: Option<PolicyDecision>,
    /// The conversation is stored. Otherwise the ledger names none.
    is_logged: bool,
}

impl Request {
    /// Creates a request to run `call`, whose intent names its object and whose arguments are all the person's own
    /// words.
    #[must_use]
    pub const fn new(
        actor: Actor,
        conversation: ConversationId,
        call: ToolCall,
        intent: Intent,
        definition: Definition,
    ) -> Self {
        Self {
            actor,
            conversation,
            call,
            intent,
            definition,
            unsaid: None,
            discloses: None,
            lookup: None,
            target: None,
            policy: None,
            is_logged: true,
        }
    }
}

/// No permit was granted to a call that nobody attends. Nothing has been done.
#[derive(Debug, thiserror::Error)]
pub enum NotAdmittedAlone {
    /// The request was refused.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// A person must approve it or connect an account: it needs a conversation. Nothing was recorded.
    #[error("a person is needed")]
    NeedsPerson,
}

/// No permit was granted. Nothing has been done.
#[derive(Debug, thiserror::Error)]
pub enum NotAdmitted {
    /// The request was refused. Every failure of an external service is a refusal.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The request was refused because a ledger entry of another instance has spent the approval. The caller records
    /// the refusal in the log and then closes that entry ([`Guard::close_spent`]).
    #[error("{refusal}")]
    Spent {
        /// The refusal.
        refusal: Refusal,
        /// The entry of the other instance.
        entry: EntryId,
    },
    /// The call's state could not be written; the next instance that can write it continues.
    #[error(transparent)]
    Suspended(#[from] Unavailable),
}

impl Guard {
    /// Decides whether this actor may run this call now. A refusal is recorded in the ledger as well. The question and
    /// its answer are stored in `call_log`, so that another instance can continue.
    ///
    /// # Errors
    /// See [`NotAdmitted`].
    pub async fn admit(&self, request: Request, call_log: &dyn CallLog) -> Result<Permit, NotAdmitted> {
        // Boxed: a call may wait minutes for a person, and otherwise each stage would hold its own copy.
        let reachable = Box::new(request).authorize(self).await?.connect(self, call_log).await?;
        let located = reachable.locate(self).await?;
        located.approve(self, call_log).await?.record(self).await?.equip(self).await
    }

    /// Closes the ledger entry of a call that has run.
    ///
    /// # Errors
    /// [`Unavailable`] if the ledger cannot be written. The ledger's verification reports entries that stay open.
    pub async fn close(&self, spent: &SpentPermit, outcome: Outcome) -> Result<(), Unavailable> {
        self.ledger.close(spent.entry(), outcome, self.clock.now()).await
    }

    /// Closes the entry of a call that the person stopped before it started.
    ///
    /// # Errors
    /// [`Unavailable`], as above.
    pub async fn close_stopped(&self, entry: &EntryId) -> Result<(), Unavailable> {
        let outcome = Outcome::NotDone("the person stopped it first".to_owned());
        self.ledger.close(entry, outcome, self.clock.now()).await
    }

    /// Closes the entry of a call that another instance recorded and did not start. The log must refuse the call first:
    /// if that instance is merely slow, it then finds that it may not start the call.
    ///
    /// # Errors
    /// [`Unavailable`], as above.
    pub async fn close_spent(&self, entry: &EntryId, refusal: &Refusal) -> Result<(), Unavailable> {
        self.ledger.close(entry, Outcome::NotDone(refusal.to_string()), self.clock.now()).await
    }

    /// Closes the entry of a call that was started by an instance that no longer exists.
    ///
    /// # Errors
    /// [`Unavailable`], as above.
    pub async fn close_unseen(&self, entry: &EntryId) -> Result<(), Unavailable> {
        self.ledger.close(entry, Outcome::Unknown, self.clock.now()).await
    }
}

impl fmt::Debug for Guard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Guard").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
