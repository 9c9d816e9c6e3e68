//! Accounts that the identity provider keeps, by its token vault.

use crate::accounts::{Account, Answer, Connecting, Disconnected, Fault, Manager};
use crate::clock::SystemClock;
use agent::Actor;
use agent::ports::{Clock, Unavailable};
use async_trait::async_trait;
use auth0::my_account::ConnectRequest;
use auth0::{Auth0TokenVault, ConnectError, ConnectedAccount, MyAccount};
use credentials::SignInTokens;
use dynamo::Grants;
use secrecy::SecretString;
use std::collections::HashMap;
use std::sync::Arc;
use url::Url;

/// Manages accounts by the identity provider.
pub(super) struct TokenVaultAccounts {
    pub(super) api: Arc<MyAccount>,
    /// What must forget a token when its account changes.
    pub(super) vault: Arc<Auth0TokenVault>,
    /// Each provider's connection.
    pub(super) connections: HashMap<String, String>,
    /// Where the identity provider sends people back to.
    pub(super) callback: Url,
}

#[async_trait]
impl Manager for TokenVaultAccounts {
    async fn list(&self, actor: &Actor) -> Result<Vec<Account>, Fault> {
        let all = self.api.list(actor, None).await?;
        let provider = |connection: &str| {
            self.connections.iter().find(|(_, own)| *own == connection).map(|(provider, _)| provider.clone())
        };
        let account = |one: ConnectedAccount| {
            let since = crate::moment::of_stamp(&one.created_at);
            Some(Account { provider: provider(&one.connection)?, id: one.id, scopes: one.scopes, since })
        };
        Ok(all.into_iter().filter_map(account).collect())
    }

    /// What the account allows already is asked for again, since the new scopes replace the old. Of several accounts it is not
    /// known which one the person will connect, and one must not get what another has.
    async fn begin(
        &self,
        actor: &Actor,
        provider: &str,
        scopes: &[String],
        state: &str,
    ) -> Result<(Url, Connecting), Fault> {
        let connection = self.connections.get(provider);
        let connection = connection.ok_or_else(|| Fault::Refused("the provider has no connection".to_owned()))?;
        let known = self.api.list(actor, Some(connection)).await?;
        let mut all = scopes.to_vec();
        if provider == okta::PROVIDER {
            // An OpenID Connect connection gives no ID token without them (auth0.com/docs, "Connected Accounts for Token
            // Vault": scopes of a request replace those of the connection).
            all.extend(["openid", "profile"].map(str::to_owned));
        }
        if let [only] = &known[..] {
            all.extend(only.scopes.iter().cloned());
        }
        all.sort();
        all.dedup();
        let wish = ConnectRequest { connection, scopes: &all, redirect_uri: self.callback.as_str(), state };
        let (page, connecting) = self.api.begin(actor, wish).await?;
        let kept = serde_json::to_value(connecting).map_err(|error| Fault::Refused(error.to_string()))?;
        Ok((page, Connecting(kept)))
    }

    async fn complete(
        &self,
        actor: &Actor,
        provider: &str,
        Connecting(kept): Connecting,
        answer: Answer,
    ) -> Result<Vec<String>, Fault> {
        let connecting =
            serde_json::from_value(kept).map_err(|_| Fault::Refused("it was begun elsewhere".to_owned()))?;
        if answer.code.is_some() {
            return Err(Fault::Refused("the answer is of another kind of provider".to_owned()));
        }
        if let Some(error) = answer.error {
            return Err(Fault::of_callback(oidc::SERVICE, &error));
        }
        let code = answer.connect_code.ok_or_else(|| Fault::Refused("the answer has no code".to_owned()))?;
        let done = self.api.complete(actor, connecting, &code).await;
        self.vault.forget(actor, provider);
        match done {
            // What was granted shows when it is lent.
            Ok(_) | Err(ConnectError::AlreadyDone) => Ok(Vec::new()),
            Err(fault) => Err(fault.into()),
        }
    }

    /// The third party is not told: the identity provider alone could.
    async fn disconnect(&self, actor: &Actor, id: &str) -> Result<Disconnected, Fault> {
        let gone = self.api.delete(actor, id).await;
        self.connections.keys().for_each(|provider| self.vault.forget(actor, provider));
        gone?;
        Ok(Disconnected::Everywhere)
    }
}

impl From<ConnectError> for Fault {
    fn from(fault: ConnectError) -> Self {
        match fault {
            ConnectError::SignInAgain => Self::SignInAgain,
            ConnectError::AlreadyDone => Self::Refused("it was completed before".to_owned()),
            ConnectError::Refused(why) => Self::Refused(why),
            ConnectError::Unavailable(error) => Self::Unavailable(error),
        }
    }
}

/// Finds people's sign-ins for the vault.
#[derive(Debug)]
pub(super) struct SignedInPeople(pub(super) Grants);

#[async_trait]
impl SignInTokens for SignedInPeople {
    async fn refresh_token(&self, actor: &Actor) -> Result<Option<SecretString>, Unavailable> {
        self.0.newest(actor, SystemClock.now()).await
    }

    async fn rotated(&self, actor: &Actor, old: &SecretString, fresh: &SecretString) -> Result<(), Unavailable> {
        self.0.replace(actor, old, fresh).await
    }
}
