//! Manages the accounts in Auth0's Token Vault by the My Account API.

use super::my_account::{ConnectRequest, ConnectedAccount, MyAccount};
use super::owners::AccountOwners;
use super::token_vault::Auth0TokenVault;
use crate::accounts::{
    Account, AccountError, AccountManager, Answer, Connected, ConnectionRecord, Disconnected, Owner, PendingConnection,
    Since,
};
use crate::identity::AccountIdentity;
use agent::Actor;
use async_trait::async_trait;
use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use url::Url;

/// Manager of the accounts in the Token Vault.
pub struct TokenVaultAccounts {
    /// My Account API.
    pub api: MyAccount,
    /// Credential provider whose cached token is removed when its account changes.
    pub vault: Arc<Auth0TokenVault>,
    /// Scopes by provider that every connect request must include, since the scopes of a request replace those of the
    /// connection.
    pub repeated: HashMap<&'static str, &'static [&'static str]>,
    /// Callback address.
    pub callback: Url,
    /// Owners of the accounts.
    pub owners: AccountOwners,
}

#[async_trait]
impl AccountManager for TokenVaultAccounts {
    async fn list(&self, actor: &Actor) -> Result<Vec<Account>, AccountError> {
        let (all, mut owners) = futures::join!(self.api.list(actor, None), self.owners.of(actor));
        let provider = |connection: &str| {
            self.vault.connections().iter().find(|(_, own)| *own == connection).map(|(provider, _)| provider.clone())
        };
        let mut account = |one: ConnectedAccount| {
            let (provider, since) = (provider(&one.connection)?, Since::Stamp(one.created_at));
            let owner = owners.remove(&one.id);
            Some(Account { provider, id: one.id, scopes: one.scopes, since, owner })
        };
        Ok(all?.into_iter().filter_map(&mut account).collect())
    }

    /// Repeats the granted scopes only if the person has a single account of the connection. With several it is unknown
    /// which one they will choose, and one account must not obtain the scopes of another.
    async fn begin(
        &self,
        actor: &Actor,
        provider: &str,
        scopes: &[String],
        state: &str,
    ) -> Result<(Url, PendingConnection), AccountError> {
        let connection = self.vault.connections().get(provider);
        let connection = connection.ok_or_else(|| AccountError::refused("the provider has no connection"))?;
        let known = self.api.list(actor, Some(connection)).await?;
        let mut all = scopes.to_vec();
        all.extend(self.repeated.get(provider).into_iter().copied().flatten().map(ToString::to_string));
        if let [only] = &known[..] {
            all.extend(only.scopes.iter().cloned());
        }
        all.sort();
        all.dedup();
        let wish = ConnectRequest { connection, scopes: &all, redirect_uri: self.callback.as_str(), state };
        let (page, pending) = self.api.begin(actor, wish).await?;
        Ok((page, PendingConnection::new(&pending)?))
    }

    async fn complete(
        &self,
        actor: &Actor,
        provider: &str,
        pending: PendingConnection,
        answer: Answer,
        record: &dyn ConnectionRecord,
    ) -> Result<Connected, AccountError> {
        let pending = pending.read()?;
        if answer.code.is_some() {
            return Err(AccountError::refused("the answer belongs to another kind of provider"));
        }
        if let Some(error) = answer.error {
            return Err(AccountError::of_callback(oidc::SERVICE, &error));
        }
        let code = answer.connect_code.ok_or_else(|| AccountError::refused("the answer has no code"))?;
        // Auth0 keeps the account as soon as it is complete, and only then is a token there that names the owner.
        record.open(Owner::Later).await?;
        let done = self.api.complete(actor, pending, &code).await;
        self.vault.forget(actor, provider);
        let account = done?;
        let owner = self.owners.look_up(&self.vault, actor, provider).await;
        if let Some(owner) = &owner {
            if let Err(error) = record.name(owner).await {
                tracing::error!(%error, provider, "the ledger holds a connected account without its owner");
            }
            if let Some(account) = &account {
                self.remember(actor, account, owner).await;
            }
        }
        // Missing scopes are only detected when a token is requested.
        Ok(Connected { missing: Vec::new(), owner })
    }

    /// Deletes the account at Auth0. The grant at the third party is not revoked, which only Auth0 could do.
    async fn disconnect(&self, actor: &Actor, id: &str) -> Result<Disconnected, AccountError> {
        let gone = self.api.delete(actor, id).await;
        self.vault.connections().keys().for_each(|provider| self.vault.forget(actor, provider));
        gone?;
        Ok(Disconnected::Everywhere)
    }
}

impl TokenVaultAccounts {
    /// Keeps the owner of a new account, beside those of the accounts that are connected.
    async fn remember(&self, actor: &Actor, account: &ConnectedAccount, owner: &AccountIdentity) {
        match self.api.list(actor, None).await {
            Ok(all) => {
                let ids: Vec<String> = all.into_iter().map(|one| one.id).collect();
                self.owners.keep(actor, &account.id, owner.clone(), &ids).await;
            }
            Err(error) => tracing::warn!(%error, "the owner of an account was not kept"),
        }
    }
}

impl fmt::Debug for TokenVaultAccounts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenVaultAccounts").field("vault", &self.vault).finish_non_exhaustive()
    }
}
