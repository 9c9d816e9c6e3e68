//! The ledger's entry about a connected account. It is written once the owner is known and before the account is kept.

use super::AccountError;
use crate::identity::AccountIdentity;
use agent::intent::Risk;
use agent::ports::{Clock, Entry, EntryId, Ledger, OpenError, Outcome, Unavailable, Verdict};
use agent::{Actor, ToolName};
use async_trait::async_trait;
use std::sync::OnceLock;

/// Name under which the ledger records connections.
const LEDGER_NAME: &str = "account_connect";

/// Records the connection of an account.
#[async_trait]
pub trait ConnectionRecord: Send + Sync {
    /// Records that an account of `owner` is connected; none if the owner is unknown.
    ///
    /// # Errors
    /// [`Unavailable`]: the account must not be kept.
    async fn open(&self, owner: Option<&AccountIdentity>) -> Result<(), Unavailable>;
}

/// The entry of one connection.
pub(super) struct LedgerRecord<'a> {
    ledger: &'a dyn Ledger,
    clock: &'a dyn Clock,
    actor: &'a Actor,
    /// Name of the provider in messages to people.
    provider: &'a str,
    entry: OnceLock<EntryId>,
}

impl<'a> LedgerRecord<'a> {
    pub(super) fn new(ledger: &'a dyn Ledger, clock: &'a dyn Clock, actor: &'a Actor, provider: &'a str) -> Self {
        Self { ledger, clock, actor, provider, entry: OnceLock::new() }
    }

    /// Records the outcome, if the connection was recorded. The account of a write without an answer may be kept.
    pub(super) async fn close(&self, failed: Option<&AccountError>) {
        let Some(entry) = self.entry.get() else { return };
        let outcome = match failed {
            None => Outcome::Done,
            Some(AccountError::Unavailable(_)) => Outcome::Unknown,
            Some(error) => Outcome::NotDone(error.to_string()),
        };
        if let Err(error) = self.ledger.close(entry, outcome, self.clock.now()).await {
            tracing::error!(error = %error, "the outcome of a connection could not be recorded");
        }
    }
}

#[async_trait]
impl ConnectionRecord for LedgerRecord<'_> {
    async fn open(&self, owner: Option<&AccountIdentity>) -> Result<(), Unavailable> {
        let entry = Entry {
            at: self.clock.now(),
            actor: self.actor.clone(),
            place: None,
            tool: ToolName(LEDGER_NAME.to_owned()),
            intent: intent(owner, self.provider),
            // People connect their own accounts; no relation decides.
            relation: "self".to_owned(),
            object: format!("user:{}", self.actor.principal()),
            risk: Risk::Read,
            approval: None,
            verdict: Verdict::Allowed,
        };
        let entry = self.ledger.open(entry).await.map_err(|error| match error {
            OpenError::Unavailable(error) => error,
            OpenError::Spent(_) => Unavailable::new("the ledger", "it reported a spent approval where there is none"),
        })?;
        let _ = self.entry.set(entry);
        Ok(())
    }
}

fn intent(owner: Option<&AccountIdentity>, provider: &str) -> String {
    match owner {
        None => format!("Connect an account at {provider} whose owner could not be looked up"),
        Some(AccountIdentity { name, email: None }) => format!("Connect the account {name} at {provider}"),
        Some(AccountIdentity { name, email: Some(email) }) => {
            format!("Connect the account {name} ({email}) at {provider}")
        }
    }
}
