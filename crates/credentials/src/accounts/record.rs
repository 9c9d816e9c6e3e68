//! The ledger's entry about an account. It is written before the account is kept or removed. A keeper that names the owner only
//! after a connection gets a second entry, with the owner.

use super::{Account, AccountError};
use crate::identity::AccountIdentity;
use agent::intent::Risk;
use agent::ports::{Clock, Entry, EntryId, Ledger, OpenError, Outcome, Unavailable, Verdict};
use agent::{Actor, ToolName};
use async_trait::async_trait;
use std::sync::OnceLock;

/// Name under which the ledger records connections.
const LEDGER_NAME: &str = "account_connect";

/// Name under which the ledger records the owner of an account whose connection it holds already.
const OWNER_NAME: &str = "account_owner";

/// Name under which the ledger records that an account is disconnected.
const DISCONNECT_NAME: &str = "account_disconnect";

/// Records the connection of an account.
#[async_trait]
pub trait ConnectionRecord: Send + Sync {
    /// Records that an account is about to be connected.
    ///
    /// # Errors
    /// [`Unavailable`]: the account must not be kept.
    async fn open(&self, owner: Owner<'_>) -> Result<(), Unavailable>;

    /// Records the owner of an account whose connection was recorded before they were known.
    ///
    /// # Errors
    /// [`Unavailable`]: the connection is recorded without its owner.
    async fn name(&self, owner: &AccountIdentity) -> Result<(), Unavailable>;
}

/// The owner of an account, as far as they are known when its connection is recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Owner<'a> {
    /// The owner was looked up.
    Known(&'a AccountIdentity),
    /// The owner could not be looked up.
    Unknown,
    /// The owner is looked up afterwards.
    Later,
}

impl<'a> From<Option<&'a AccountIdentity>> for Owner<'a> {
    fn from(owner: Option<&'a AccountIdentity>) -> Self {
        owner.map_or(Self::Unknown, Self::Known)
    }
}

/// The entry of one connection, or of its end.
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

    /// Records that an account is about to be disconnected; `None` for one that the keeper cannot read.
    pub(super) async fn open_disconnection(&self, account: Option<&Account>) -> Result<(), Unavailable> {
        let entry = self.write(DISCONNECT_NAME, disconnection(account, self.provider)).await?;
        let _ = self.entry.set(entry);
        Ok(())
    }

    /// Records the outcome, if there is an entry. A write without an answer may have taken place.
    pub(super) async fn close(&self, failed: Option<&AccountError>) {
        let Some(entry) = self.entry.get() else { return };
        let outcome = match failed {
            None => Outcome::Done,
            Some(AccountError::Unavailable(_)) => Outcome::Unknown,
            Some(error) => Outcome::NotDone(error.to_string()),
        };
        if let Err(error) = self.ledger.close(entry, outcome, self.clock.now()).await {
            tracing::error!(error = %error, "the outcome of an entry about an account could not be recorded");
        }
    }
}

#[async_trait]
impl ConnectionRecord for LedgerRecord<'_> {
    async fn open(&self, owner: Owner<'_>) -> Result<(), Unavailable> {
        let entry = self.write(LEDGER_NAME, intent(owner, self.provider)).await?;
        let _ = self.entry.set(entry);
        Ok(())
    }

    async fn name(&self, owner: &AccountIdentity) -> Result<(), Unavailable> {
        let intent = format!("Name the owner of the account at {}: {}", self.provider, shown(owner));
        let entry = self.write(OWNER_NAME, intent).await?;
        self.ledger.close(&entry, Outcome::Done, self.clock.now()).await
    }
}

impl LedgerRecord<'_> {
    async fn write(&self, name: &str, intent: String) -> Result<EntryId, Unavailable> {
        let entry = Entry {
            at: self.clock.now(),
            actor: self.actor.clone(),
            place: None,
            tool: ToolName(name.to_owned()),
            intent,
            // People connect and disconnect their own accounts; no relation decides.
            relation: "self".to_owned(),
            object: format!("user:{}", self.actor.principal()),
            risk: Risk::Read,
            approval: None,
            policy: None,
            verdict: Verdict::Allowed,
        };
        self.ledger.open(entry).await.map_err(|error| match error {
            OpenError::Unavailable(error) => error,
            OpenError::Spent(_) => Unavailable::new("the ledger", "it reported a spent approval where there is none"),
        })
    }
}

fn intent(owner: Owner<'_>, provider: &str) -> String {
    match owner {
        Owner::Later => format!("Connect an account at {provider}"),
        Owner::Unknown => format!("Connect an account at {provider} whose owner could not be looked up"),
        Owner::Known(owner) => format!("Connect the account {} at {provider}", shown(owner)),
    }
}

fn disconnection(account: Option<&Account>, provider: &str) -> String {
    match account {
        Some(Account { owner: Some(owner), .. }) => format!("Disconnect the account {} at {provider}", shown(owner)),
        // The id of an account in the local vault is that of its provider and names no account.
        Some(Account { id, provider: of, .. }) if id != of => format!("Disconnect the account {id} at {provider}"),
        Some(_) | None => format!("Disconnect an account at {provider} whose owner is unknown"),
    }
}

fn shown(AccountIdentity { name, email }: &AccountIdentity) -> String {
    email.as_ref().map_or_else(|| name.clone(), |email| format!("{name} ({email})"))
}
