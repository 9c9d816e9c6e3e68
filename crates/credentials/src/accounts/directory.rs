//! All accounts of a person, from every keeper.

use super::record::LedgerRecord;
use super::{Account, AccountError, AccountManager, Answer, Connected, Disconnected, PendingConnection};
use agent::Actor;
use agent::ports::{Clock, Ledger};
use futures::future::join_all;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use url::Url;

/// Prefix of the ids of accounts in the local vault.
const LOCAL: &str = "own:";

/// A provider whose accounts can be connected.
#[derive(Debug, Clone)]
pub struct Provider {
    /// Identifier that tools use, such as `okta`.
    pub id: String,
    /// Name in messages to people.
    pub name: String,
    /// Keeper of its accounts.
    pub keeper: Keeper,
    /// All scopes that its tools request.
    pub scopes: Vec<String>,
    /// Plain descriptions of what the tools that need it can do.
    pub tools: Vec<String>,
    /// Names of those tools.
    pub names: Vec<String>,
}

/// The service that keeps accounts and their tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Keeper {
    /// Auth0's Token Vault, at the identity provider.
    TokenVault,
    /// The local vault of Countersign.
    LocalVault,
}

/// A person's accounts at the keepers that answered, and the errors of those that did not.
#[derive(Debug, Default)]
pub struct Listing {
    accounts: Vec<Account>,
    unknown: BTreeMap<Keeper, AccountError>,
}

/// Result of looking up a person's accounts at one provider.
#[derive(Debug)]
pub enum AccountLookup<'a> {
    /// The accounts; empty if none is connected.
    Accounts(Vec<&'a Account>),
    /// The keeper did not answer, so it is unknown whether an account is connected.
    Unknown(&'a AccountError),
}

impl Listing {
    /// Returns the accounts at this provider.
    #[must_use]
    pub fn at(&self, provider: &Provider) -> AccountLookup<'_> {
        match self.unknown.get(&provider.keeper) {
            Some(error) => AccountLookup::Unknown(error),
            None => {
                let own = self.accounts.iter().filter(|account| account.provider == provider.id);
                AccountLookup::Accounts(own.collect())
            }
        }
    }
}

/// The manager of each kind of account. Managers with no provider are never queried.
#[derive(Clone)]
pub struct Accounts {
    /// Providers whose accounts people can connect; empty if tools use only the application's own credentials.
    pub providers: Vec<Provider>,
    /// Manager of each keeper's accounts.
    pub managers: BTreeMap<Keeper, Arc<dyn AccountManager>>,
    /// Ledger in which connections and their ends are recorded.
    pub ledger: Arc<dyn Ledger>,
    /// Clock of its entries.
    pub clock: Arc<dyn Clock>,
}

impl Accounts {
    /// Returns the provider with this id.
    #[must_use]
    pub fn provider(&self, id: &str) -> Option<&Provider> {
        self.providers.iter().find(|provider| provider.id == id)
    }

    /// Lists the person's accounts. Queries all keepers concurrently, and drops accounts whose provider belongs to
    /// another keeper than the one that listed them.
    pub async fn list(&self, actor: &Actor) -> Listing {
        let asked = self.managers.iter().map(async |(keeper, manager)| (*keeper, manager.list(actor).await));
        let mut listing = Listing::default();
        for (keeper, answer) in join_all(asked).await {
            let own = match answer {
                Ok(own) => own,
                Err(error) => {
                    tracing::warn!(error = %error, ?keeper, "accounts cannot be looked up now");
                    listing.unknown.insert(keeper, error);
                    continue;
                }
            };
            let is_kept = |id: &str| self.provider(id).is_some_and(|provider| provider.keeper == keeper);
            let own = own.into_iter().filter(|account| is_kept(&account.provider));
            listing.accounts.extend(own.map(|account| match keeper {
                Keeper::TokenVault => account,
                Keeper::LocalVault => Account { id: format!("{LOCAL}{}", account.id), ..account },
            }));
        }
        listing
    }

    /// Begins to connect an account, as [`AccountManager::begin`] does.
    ///
    /// # Errors
    /// See [`AccountError`].
    pub async fn begin(
        &self,
        actor: &Actor,
        provider: &Provider,
        scopes: &[String],
        state: &str,
    ) -> Result<(Url, PendingConnection), AccountError> {
        self.manager(provider.keeper)?.begin(actor, &provider.id, scopes, state).await
    }

    /// Completes the connection that this person began, as [`AccountManager::complete`] does. The ledger names the
    /// account before it is kept.
    ///
    /// # Errors
    /// See [`AccountError`].
    pub async fn complete(
        &self,
        actor: &Actor,
        provider: &str,
        pending: PendingConnection,
        answer: Answer,
    ) -> Result<Connected, AccountError> {
        let known = self.provider(provider).ok_or_else(|| AccountError::refused("there is no such provider"))?;
        let record = LedgerRecord::new(&*self.ledger, &*self.clock, actor, &known.name);
        let connected = self.manager(known.keeper)?.complete(actor, provider, pending, answer, &record).await;
        record.close(connected.as_ref().err()).await;
        connected
    }

    /// Disconnects an account of this person, as [`AccountManager::disconnect`] does. The ledger names the account before
    /// it is removed.
    ///
    /// # Errors
    /// See [`AccountError`].
    pub async fn disconnect(&self, actor: &Actor, id: &str) -> Result<Disconnected, AccountError> {
        let (keeper, id) = match id.strip_prefix(LOCAL) {
            Some(own) => (Keeper::LocalVault, own),
            None => (Keeper::TokenVault, id),
        };
        let manager = self.manager(keeper)?;
        let account = manager.list(actor).await?.into_iter().find(|account| account.id == id);
        // The local vault removes also a record that it cannot read, and so does not list: its id names the provider.
        let provider = account.as_ref().map_or(id, |account| account.provider.as_str());
        let known = self.provider(provider).filter(|known| known.keeper == keeper);
        let Some(known) = known.filter(|_| account.is_some() || keeper == Keeper::LocalVault) else {
            return Ok(Disconnected::Everywhere);
        };
        let record = LedgerRecord::new(&*self.ledger, &*self.clock, actor, &known.name);
        record.open_disconnection(account.as_ref()).await.map_err(AccountError::NotRecorded)?;
        let disconnected = manager.disconnect(actor, id).await;
        record.close(disconnected.as_ref().err()).await;
        disconnected
    }

    fn manager(&self, keeper: Keeper) -> Result<&dyn AccountManager, AccountError> {
        let manager = self.managers.get(&keeper).map(Arc::as_ref);
        manager.ok_or_else(|| AccountError::refused("no keeper is configured for such accounts"))
    }
}

impl fmt::Debug for Accounts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Accounts").field("providers", &self.providers).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
