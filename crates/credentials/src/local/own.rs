//! Credential provider backed by the local store. One caller of one instance renews a token before it expires, and
//! stores the new tokens before handing them out: with a provider that rotates refresh tokens, using one twice or
//! losing its replacement invalidates the grant.

mod manage;
mod renew;

use crate::cache::{Cache, Lifetime};
use crate::local::provider::{Authentication, Key, Kind, Provider};
use crate::local::store::{Store, StoredAccount, Version};
use crate::local::tokens::Tokens;
use crate::{ApplicationCredentials, ApplicationToken};
use agent::Actor;
use agent::intent::Need;
use agent::ports::{AccessToken, Clock, CredentialError, CredentialProvider, RejectionHandler, Unavailable};
use async_trait::async_trait;
use secrecy::{ExposeSecret, SecretString};
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use url::Url;

/// Caches nothing: people's tokens are read from the store each time, since other instances write to it as well.
const LIFETIME: Lifetime = Lifetime { margin: Duration::ZERO, longest: Duration::ZERO, jitter: Duration::ZERO };

/// Access tokens of the providers in the file. Clones share all state.
#[derive(Clone)]
pub struct LocalVault(Arc<Inner>);

struct Inner {
    providers: BTreeMap<String, Provider>,
    applications: BTreeMap<String, ApplicationToken>,
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    http: reqwest::Client,
    /// Callback address, which must be registered for each client.
    callback: Url,
    /// Running renewals and pending rotations, by account.
    renewals: Cache<Rotation>,
}

/// The stored version to replace, and the new tokens that the store has not accepted yet.
type Rotation = (Version, Tokens);

impl LocalVault {
    /// Creates a vault for `providers` that keeps people's tokens in `store`. Providers redirect people to `callback`.
    ///
    /// # Errors
    /// When the HTTP client cannot be created.
    pub fn new(
        providers: Vec<Provider>,
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
        callback: Url,
    ) -> Result<Self, reqwest::Error> {
        let providers: BTreeMap<_, _> = providers.into_iter().map(|it| (it.id.clone(), it)).collect();
        let applications =
            providers.values().filter_map(|provider| Some((provider.id.clone(), application(provider)?)));
        let applications =
            applications.map(|(id, own)| Ok((id, ApplicationToken::new(own)?))).collect::<Result<_, _>>()?;
        let (http, renewals) = (oidc::http::client()?, Cache::new(LIFETIME));
        let inner = Inner { providers, applications, store, clock, http, callback, renewals };
        Ok(Self(Arc::new(inner)))
    }

    /// Returns every provider.
    pub fn providers(&self) -> impl Iterator<Item = &Provider> {
        self.0.providers.values()
    }
}

/// Returns the application's credentials at a provider; none if people connect their own accounts or it has an API key.
fn application(provider: &Provider) -> Option<ApplicationCredentials> {
    let Kind::Application(machine) = &provider.kind else { return None };
    Some(ApplicationCredentials {
        service: provider.name,
        token_url: machine.token_url.clone(),
        client: machine.client.oauth(),
        audience: machine.audience.clone(),
        scopes: machine.scopes.clone(),
    })
}

impl Inner {
    fn provider(&self, id: &str) -> Result<&Provider, Unavailable> {
        self.providers.get(id).ok_or_else(|| Unavailable::new(crate::SERVICE, format!("there is no provider {id}")))
    }
}

/// Decodes a stored record; logs and returns none if it cannot be decoded.
fn read(held: &StoredAccount, provider: &str) -> Option<Tokens> {
    let tokens = Tokens::read(held.plain.expose_secret());
    if tokens.is_none() {
        tracing::error!(provider, "the stored record of an account cannot be read");
    }
    tokens
}

/// Rejects tokens that lack scopes of `need`.
fn enough(tokens: &Tokens, need: &Need) -> Result<(), CredentialError> {
    let missing = tokens.lacks(&need.scopes);
    if missing.is_empty() { Ok(()) } else { Err(CredentialError::MoreScopes { missing }) }
}

#[async_trait]
impl CredentialProvider for LocalVault {
    async fn access_token(&self, actor: &Actor, need: &Need) -> Result<AccessToken, CredentialError> {
        let inner = &self.0;
        let provider = inner.provider(&need.provider)?;
        let now = inner.clock.now();
        match &provider.kind {
            Kind::ApiKey(Key(key)) => Ok(AccessToken::new(key.clone())),
            Kind::Application(_) => {
                let token = inner.applications.get(&provider.id);
                let token =
                    token.ok_or_else(|| Unavailable::new(crate::SERVICE, "the application has no token source"))?;
                token.access_token(actor, need).await
            }
            Kind::People(people) => {
                let held = inner.store.read(actor, &provider.id).await?.ok_or(CredentialError::NotConnected)?;
                let mut tokens = read(&held, &provider.id).ok_or(CredentialError::NotConnected)?;
                if people.authentication == Authentication::Forced && !tokens.is_recent(now) {
                    return Err(CredentialError::NotConnected);
                }
                enough(&tokens, need)?;
                if !tokens.serves(now) {
                    tokens = self.fresh(actor, &provider.id).await?;
                    // Renewed tokens may have fewer scopes (RFC 6749 section 6).
                    enough(&tokens, need)?;
                }
                let (token, provider) = (tokens.access, need.provider.clone());
                let lent = Lent { vault: self.clone(), actor: actor.clone(), provider, token: token.clone() };
                Ok(AccessToken::with_handler(token, Arc::new(lent)))
            }
        }
    }
}

/// Marks a rejected token for renewal.
struct Lent {
    vault: LocalVault,
    actor: Actor,
    provider: String,
    token: SecretString,
}

#[async_trait]
impl RejectionHandler for Lent {
    async fn refused(&self) {
        let inner = &self.vault.0;
        if let Err(error) = inner.doubt(&self.actor, &self.provider, &self.token).await {
            tracing::error!(error = %error, provider = self.provider, "a rejected token could not be marked expired");
        }
    }
}

impl fmt::Debug for LocalVault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LocalVault").field("providers", &self.0.providers.keys()).finish_non_exhaustive()
    }
}
