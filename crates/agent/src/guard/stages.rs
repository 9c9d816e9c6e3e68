//! The four stages. Each eats the one before it, so the order is in the types and none can be left out.

use super::{Guard, Permit, Refusal};
use crate::intent::Risk;
use crate::ports::{Decision, Entry, EntryId, Unavailable, VaultError, Verdict};
use crate::{Actor, Intent, ToolCall, ids::ConversationId};

pub(super) struct Request {
    pub(super) actor: Actor,
    pub(super) conversation: ConversationId,
    pub(super) call: ToolCall,
    pub(super) intent: Intent,
}

pub(super) struct Authorized(Request);

pub(super) struct Approved(Request);

pub(super) struct Recorded(Request, EntryId);

impl Request {
    /// Asks afresh whether the actor has the relation on this very object.
    pub(super) async fn authorize(self, guard: &Guard) -> Result<Authorized, Refusal> {
        match guard.authorizer.decide(&self.actor, &self.intent).await {
            Ok(Decision::Allow) => Ok(Authorized(self)),
            Ok(Decision::Deny) => {
                let refusal = Refusal::Denied {
                    relation: self.intent.relation.to_string(),
                    object: self.intent.object.to_string(),
                };
                self.refused(guard, refusal).await
            }
            Err(Unavailable { service, .. }) => {
                self.refused(guard, Refusal::Unavailable { service: service.to_owned() }).await
            }
        }
    }

    fn entry(&self, guard: &Guard, verdict: Verdict) -> Entry {
        Entry {
            at: guard.clock.now(),
            actor: self.actor.clone(),
            conversation: self.conversation.clone(),
            call: self.call.id.clone(),
            tool: self.call.tool.clone(),
            relation: self.intent.relation.to_string(),
            object: self.intent.object.to_string(),
            verdict,
        }
    }

    /// A refusal stands whether or not it can be written down: an unwritten *no* harms nobody.
    async fn refused<T>(self, guard: &Guard, refusal: Refusal) -> Result<T, Refusal> {
        let entry = self.entry(guard, Verdict::Refused(refusal.to_string()));
        if let Err(error) = guard.ledger.open(entry).await {
            tracing::error!(error = %error, "a refusal could not be written in the ledger");
        }
        Err(refusal)
    }
}

impl Authorized {
    /// An elevated deed needs a human yes to exactly this; with nobody to ask, the answer is no.
    pub(super) fn approve(self) -> Result<Approved, Refusal> {
        match self.0.intent.risk {
            Risk::Read => Ok(Approved(self.0)),
            Risk::Elevated => Err(Refusal::NoApprover),
        }
    }
}

impl Approved {
    /// Writes the deed down before it is done; without the ledger there is no deed.
    pub(super) async fn record(self, guard: &Guard) -> Result<Recorded, Refusal> {
        match guard.ledger.open(self.0.entry(guard, Verdict::Allowed)).await {
            Ok(entry) => Ok(Recorded(self.0, entry)),
            Err(Unavailable { service, .. }) => Err(Refusal::Unavailable { service: service.to_owned() }),
        }
    }
}

impl Recorded {
    /// Borrows the credential, last of all: no token without everything before it.
    pub(super) async fn equip(self, guard: &Guard) -> Result<Permit, Refusal> {
        let Self(request, entry) = self;
        let loan = match &request.intent.needs {
            None => None,
            Some(need) => match guard.vault.lend(&request.actor, need).await {
                Ok(loan) => Some(loan),
                Err(error) => {
                    let refusal = match error {
                        VaultError::NotConnected => {
                            Refusal::NotConnected { provider: need.provider.clone(), scopes: need.scopes.clone() }
                        }
                        VaultError::Unavailable(Unavailable { service, .. }) => {
                            Refusal::Unavailable { service: service.to_owned() }
                        }
                    };
                    let outcome = crate::ports::Outcome::NotDone(refusal.to_string());
                    if let Err(error) = guard.ledger.close(&entry, outcome, guard.clock.now()).await {
                        tracing::error!(error = %error, "an entry of the ledger could not be closed");
                    }
                    return Err(refusal);
                }
            },
        };
        let Request { actor, call, intent, .. } = request;
        Ok(Permit { actor, call, intent, entry, loan })
    }
}
