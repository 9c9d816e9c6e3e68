//! All accounts of a person, whoever keeps them.

use super::{Account, AccountError, AccountManager, Answer, Disconnected, PendingConnection};
use agent::Actor;
use futures::future::join_all;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use url::Url;

/// Precedes the ids of accounts in the local vault.
const LOCAL: &str = "own:";

/// A provider whose accounts can be connected.
#[derive(Debug, Clone)]
pub struct Provider {
    /// The name that tools give it: `okta`.
    pub id: String,
    /// The name that people know it by.
    pub name: String,
    /// The keeper of its accounts.
    pub keeper: Keeper,
    /// All scopes that its tools ask for.
    pub scopes: Vec<String>,
    /// The abilities of the tools that need it, in plain words.
    pub tools: Vec<String>,
    /// The names of those tools.
    pub names: Vec<String>,
}

/// A keeper of accounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Keeper {
    /// The identity provider.
    TokenVault,
    /// Countersign.
    LocalVault,
}

/// A person's accounts, as far as their keepers answered.
#[derive(Debug, Default)]
pub struct Listing {
    accounts: Vec<Account>,
    unknown: BTreeMap<Keeper, AccountError>,
}

/// A person's accounts at one provider.
#[derive(Debug)]
pub enum AccountLookup<'a> {
    /// These; it may be none.
    Accounts(Vec<&'a Account>),
    /// Not known now, neither yes nor no, and the reason.
    Unknown(&'a AccountError),
}

impl Listing {
    /// The accounts at this provider.
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
#[derive(Clone, Default)]
pub struct Accounts {
    /// The providers whose accounts can be connected; none if the application has credentials of its own.
    pub providers: Vec<Provider>,
    /// The manager of each keeper's accounts.
    pub managers: BTreeMap<Keeper, Arc<dyn AccountManager>>,
}

impl Accounts {
    /// The provider of this id.
    #[must_use]
    pub fn provider(&self, id: &str) -> Option<&Provider> {
        self.providers.iter().find(|provider| provider.id == id)
    }

    /// The person's accounts. All keepers are asked at once, and none answers for another one.
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

    /// Completes what this person began, as [`AccountManager::complete`] does.
    ///
    /// # Errors
    /// See [`AccountError`].
    pub async fn complete(
        &self,
        actor: &Actor,
        provider: &str,
        pending: PendingConnection,
        answer: Answer,
    ) -> Result<Vec<String>, AccountError> {
        let known = self.provider(provider).ok_or_else(|| AccountError::refused("there is no such provider"))?;
        self.manager(known.keeper)?.complete(actor, provider, pending, answer).await
    }

    /// Takes an account of this person's away.
    ///
    /// # Errors
    /// See [`AccountError`].
    pub async fn disconnect(&self, actor: &Actor, id: &str) -> Result<Disconnected, AccountError> {
        match id.strip_prefix(LOCAL) {
            Some(own) => self.manager(Keeper::LocalVault)?.disconnect(actor, own).await,
            None => self.manager(Keeper::TokenVault)?.disconnect(actor, id).await,
        }
    }

    fn manager(&self, keeper: Keeper) -> Result<&dyn AccountManager, AccountError> {
        let manager = self.managers.get(&keeper).map(Arc::as_ref);
        manager.ok_or_else(|| AccountError::refused("nobody keeps such accounts"))
    }
}

impl fmt::Debug for Accounts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Accounts").field("providers", &self.providers).finish_non_exhaustive()
    }
}
