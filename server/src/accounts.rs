//! People's own accounts at third parties: what they have connected, connecting and disconnecting. Bound to nobody: each
//! method is told whose accounts it is about.

use crate::clock::SystemClock;
use ::dynamo::Grants;
use ::identity::{ConnectFault, ConnectedAccount, ConnectedAccounts, Connecting, MyAccountToken, PeopleVault, Wish};
use agent::Actor;
use agent::ports::{Clock, Unavailable};
use async_trait::async_trait;
use secrecy::SecretString;
use std::fmt;
use std::sync::Arc;
use url::Url;

/// A provider whose accounts can be connected.
#[derive(Debug, Clone)]
pub struct Provider {
    /// What tools call it: `okta`.
    pub id: &'static str,
    /// The connection at the identity provider.
    pub connection: String,
    /// All scopes that its tools ask for.
    pub scopes: Vec<String>,
    /// What the tools do that need it, in plain words.
    pub tools: Vec<String>,
}

/// Manages accounts by the identity provider.
#[derive(Clone)]
pub struct Accounts {
    /// The provider's API.
    pub api: Arc<ConnectedAccounts>,
    /// What must forget a token when its account changes.
    pub vault: Arc<PeopleVault>,
    /// What the person's accounts are managed by.
    pub grants: Grants,
    /// What can be connected; nothing, if the application has credentials of its own.
    pub providers: Vec<Provider>,
    /// Where the identity provider sends people back to.
    pub callback: Url,
}

impl Accounts {
    /// The provider of this id.
    #[must_use]
    pub fn provider(&self, id: &str) -> Option<&Provider> {
        self.providers.iter().find(|provider| provider.id == id)
    }

    /// The person's accounts.
    ///
    /// # Errors
    /// See [`ConnectFault`].
    pub async fn list(&self, actor: &Actor) -> Result<Vec<ConnectedAccount>, ConnectFault> {
        self.api.list(&self.token(actor).await?, None).await
    }

    /// Begins to connect an account: where to send the browser, and what to keep in its session. What the account allows
    /// already is asked for again, since the new scopes replace the old.
    ///
    /// # Errors
    /// See [`ConnectFault`].
    pub async fn begin(
        &self,
        actor: &Actor,
        provider: &Provider,
        scopes: &[String],
        state: &str,
    ) -> Result<(Url, Connecting), ConnectFault> {
        let token = self.token(actor).await?;
        let known = self.api.list(&token, Some(&provider.connection)).await?;
        let mut all: Vec<String> = known.into_iter().flat_map(|account| account.scopes).collect();
        all.extend(scopes.iter().cloned());
        all.sort();
        all.dedup();
        let wish = Wish { connection: &provider.connection, scopes: &all, redirect_uri: self.callback.as_str(), state };
        self.api.begin(&token, wish).await
    }

    /// Completes what this person began.
    ///
    /// # Errors
    /// See [`ConnectFault`].
    pub async fn complete(
        &self,
        actor: &Actor,
        provider: &str,
        connecting: Connecting,
        code: &str,
    ) -> Result<(), ConnectFault> {
        let token = self.token(actor).await?;
        let done = self.api.complete(&token, connecting, code).await;
        self.vault.forget(actor, provider);
        done.map(|_| ())
    }

    /// Takes an account of this person's away.
    ///
    /// # Errors
    /// See [`ConnectFault`].
    pub async fn disconnect(&self, actor: &Actor, id: &str) -> Result<(), ConnectFault> {
        let token = self.token(actor).await?;
        let gone = self.api.delete(&token, id).await;
        self.providers.iter().for_each(|provider| self.vault.forget(actor, provider.id));
        gone
    }

    async fn token(&self, actor: &Actor) -> Result<MyAccountToken, ConnectFault> {
        let grant = self.grants.newest(actor.issuer(), actor.subject(), SystemClock.now()).await?;
        self.api.token(&grant.ok_or(ConnectFault::SignInAgain)?).await
    }
}

/// Finds people's sign-ins for the vault.
#[derive(Debug)]
pub struct SignedInPeople(pub Grants);

#[async_trait]
impl ::identity::Subjects for SignedInPeople {
    async fn refresh_token(&self, actor: &Actor) -> Result<Option<SecretString>, Unavailable> {
        self.0.newest(actor.issuer(), actor.subject(), SystemClock.now()).await
    }

    async fn rotated(&self, actor: &Actor, old: &SecretString, fresh: &SecretString) -> Result<(), Unavailable> {
        self.0.replace((actor.issuer(), actor.subject()), old, fresh).await
    }
}

impl fmt::Debug for Accounts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Accounts").field("providers", &self.providers).finish_non_exhaustive()
    }
}
