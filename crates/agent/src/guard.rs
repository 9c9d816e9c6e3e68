//! Whether a call may run. Stages in a fixed order, and the only place where a [`Permit`] is made.
//! It must never know how any service answers, only what the answer means.

mod account;
mod approve;
mod docket;
mod locate;
pub mod permit;
mod question;
pub mod refusal;
mod stages;

pub use account::Mend;
pub use docket::{Account, Docket, Standing};
pub use permit::Permit;
pub use refusal::{NotApproved, Refusal};

use crate::ports::{
    Approver, Authorizer, Clock, EntryId, Ids, Ledger, Millis, Outcome, PromptLimiter, SignIns, Unavailable, Vault,
};
use crate::target::{Target, TargetLookup};
use crate::{Actor, Intent, ToolCall, approval::Definition, ids::ConversationId};
use permit::Spent;
use std::fmt;
use std::sync::Arc;

/// Asks, in this order: does the actor have the relation, is the account there, may the actor do this to this very object,
/// did a human approve it, is it written down; then it borrows the credential, for somebody who is signed in.
#[derive(Clone)]
pub struct Guard {
    /// Fine-grained authorization.
    pub authorizer: Arc<dyn Authorizer>,
    /// A human yes.
    pub approver: Arc<dyn Approver>,
    /// When a person may be asked.
    pub prompts: Arc<dyn PromptLimiter>,
    /// Who did what.
    pub ledger: Arc<dyn Ledger>,
    /// Credentials, just in time.
    pub vault: Arc<dyn Vault>,
    /// Sessions of people: nothing is done for somebody who has signed out.
    pub sign_ins: Arc<dyn SignIns>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Unguessable ids.
    pub ids: Arc<dyn Ids>,
    /// How long a question waits for its answer, in milliseconds.
    pub patience: Millis,
}

/// What the guard is asked about.
#[derive(Debug, Clone)]
pub struct Request {
    /// Whose call it is.
    pub actor: Actor,
    /// In which conversation.
    pub conversation: ConversationId,
    /// The call.
    pub call: ToolCall,
    /// What it would do.
    pub intent: Intent,
    /// The tool as it is defined now.
    pub definition: Definition,
    /// Which arguments are not the person's own words, and where they are from.
    pub unsaid: Option<String>,
    /// The recipient outside to whom the arguments would go although they hold what other tools answered. A person is asked
    /// whether they may, also about a call that only reads.
    pub discloses: Option<String>,
    /// The lookup of the object that the call touches; `None`, when the intent names it.
    pub lookup: Option<Arc<dyn TargetLookup>>,
    /// The object as it was last looked up.
    target: Option<Target>,
}

impl Request {
    /// A request to run `call`, whose intent names its object and whose arguments are all the person's own.
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
        }
    }
}

/// Why there is no permit. Nothing has been done.
#[derive(Debug, thiserror::Error)]
pub enum NotAdmitted {
    /// No. Every failure of a service outside is one.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// No: the approval was spent by a ledger entry of another instance. Whoever refuses the call in the log closes it
    /// afterwards ([`Guard::close_spent`]).
    #[error("{refusal}")]
    Spent {
        /// The refusal.
        refusal: Refusal,
        /// The entry of the other instance.
        entry: EntryId,
    },
    /// The docket cannot be written: whoever can write it next goes on.
    #[error(transparent)]
    Adjourned(#[from] Unavailable),
}

impl Guard {
    /// Decides whether this actor may run this call now. A refusal is written in the ledger as well.
    /// What is asked of a person and what they answer is kept in `docket`, so that another instance can go on.
    ///
    /// # Errors
    /// See [`NotAdmitted`].
    pub async fn admit(&self, request: Request, docket: &dyn Docket) -> Result<Permit, NotAdmitted> {
        // Boxed: a call may wait for a person for minutes, and each stage would hold it again.
        let reachable = Box::new(request).authorize(self).await?.connect(self, docket).await?;
        let located = reachable.locate(self).await?;
        located.approve(self, docket).await?.record(self).await?.equip(self).await
    }

    /// Closes the ledger's entry of a call that has run.
    ///
    /// # Errors
    /// [`Unavailable`] when the ledger cannot be written; an entry left open is itself a finding.
    pub async fn close(&self, spent: &Spent, outcome: Outcome) -> Result<(), Unavailable> {
        self.ledger.close(spent.entry(), outcome, self.clock.now()).await
    }

    /// Closes the entry of a call that the person stopped before it began.
    ///
    /// # Errors
    /// [`Unavailable`], as above.
    pub async fn close_stopped(&self, entry: &EntryId) -> Result<(), Unavailable> {
        let outcome = Outcome::NotDone("the person stopped it first".to_owned());
        self.ledger.close(entry, outcome, self.clock.now()).await
    }

    /// Closes the entry of a call that another instance wrote down and did not begin. The log must refuse the call first:
    /// an instance that is slow then finds that it may not begin it.
    ///
    /// # Errors
    /// [`Unavailable`], as above.
    pub async fn close_spent(&self, entry: &EntryId, refusal: &Refusal) -> Result<(), Unavailable> {
        self.ledger.close(entry, Outcome::NotDone(refusal.to_string()), self.clock.now()).await
    }

    /// Closes the entry of a call that was begun by an instance that is no more.
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
