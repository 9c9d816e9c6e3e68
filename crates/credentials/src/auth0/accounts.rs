//! Manages the accounts in Auth0's Token Vault by the My Account API.

use super::my_account::{ConnectRequest, ConnectedAccount, MyAccount};
use super::token_vault::Auth0TokenVault;
use crate::accounts::{Account, AccountError, AccountManager, Answer, Disconnected, PendingConnection, Since};
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
}

#[async_trait]
impl AccountManager for TokenVaultAccounts {
    async fn list(&self, actor: &Actor) -> Result<Vec<Account>, AccountError> {
        let all = self.api.list(actor, None).await?;
        let provider = |connection: &str| {
            self.vault.connections().iter().find(|(_, own)| *own == connection).map(|(provider, _)| provider.clone())
        };
        let account = |one: ConnectedAccount| {
            let (provider, since) = (provider(&one.connection)?, Since::Stamp(one.created_at));
            Some(Account { provider, id: one.id, scopes: one.scopes, since })
        };
        Ok(all.into_iter().filter_map(account).collect())
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
    ) -> Result<Vec<String>, AccountError> {
        let pending = pending.read()?;
        if answer.code.is_some() {
            return Err(AccountError::refused("the answer belongs to another kind of provider"));
        }
        if let Some(error) = answer.error {
            return Err(AccountError::of_callback(oidc::SERVICE, &error));
        }
        let code = answer.connect_code.ok_or_else(|| AccountError::refused("the answer has no code"))?;
        let done = self.api.complete(actor, pending, &code).await;
        self.vault.forget(actor, provider);
        // Missing scopes are only detected when a token is requested.
        done.map(|_| Vec::new())
    }

    /// Deletes the account at Auth0. The grant at the third party is not revoked, which only Auth0 could do.
    async fn disconnect(&self, actor: &Actor, id: &str) -> Result<Disconnected, AccountError> {
        let gone = self.api.delete(actor, id).await;
        self.vault.connections().keys().for_each(|provider| self.vault.forget(actor, provider));
        gone?;
        Ok(Disconnected::Everywhere)
    }
}

impl fmt::Debug for TokenVaultAccounts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenVaultAccounts").field("vault", &self.vault).finish_non_exhaustive()
    }
}
