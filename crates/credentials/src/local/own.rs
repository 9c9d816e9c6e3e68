//! The vault port on tokens of our own keeping. A token is renewed ahead of its end, by one caller of one instance, and is
//! kept before it is lent: providers that rotate refresh tokens forgive neither a second use nor a loss.

mod manage;
mod renew;

use crate::cache::{Cache, Lifetime};
use crate::local::provider::{Authentication, Key, Kind, Provider};
use crate::local::store::{Held, Store, Version};
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

/// Tokens of people are read from the store each time, which other instances write to as well; none is cached here.
const LIFETIME: Lifetime = Lifetime { margin: Duration::ZERO, longest: Duration::ZERO, jitter: Duration::ZERO };

/// Lends by the providers of the file. Clones share everything.
#[derive(Clone)]
pub struct LocalVault(Arc<Inner>);

struct Inner {
    providers: BTreeMap<String, Provider>,
    applications: BTreeMap<String, ApplicationToken>,
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    http: reqwest::Client,
    /// The address to which providers send people back: one of the client's callbacks.
    callback: Url,
    /// Renewals, by account.
    renewals: Cache<Rotation>,
}

/// Tokens that a provider gave and the store has not taken yet, and the version that they replace.
type Rotation = (Version, Tokens);

impl LocalVault {
    /// Lends tokens of `providers`, of what `store` keeps. Providers send people back to `callback`.
    ///
    /// # Errors
    /// When no HTTP client can be made on this machine.
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

    /// Every provider.
    pub fn providers(&self) -> impl Iterator<Item = &Provider> {
        self.0.providers.values()
    }
}

/// The application's own client at a provider, if it has one there.
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
        self.providers.get(id).ok_or_else(|| Unavailable::new(crate::SERVICE, format!("no provider is {id}")))
    }
}

/// What was kept, if it can be read.
fn read(held: &Held, provider: &str) -> Option<Tokens> {
    let tokens = Tokens::read(held.plain.expose_secret());
    if tokens.is_none() {
        tracing::error!(provider, "what is kept of an account cannot be read");
    }
    tokens
}

/// Whether the tokens allow what is needed.
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
                let token = token.ok_or_else(|| Unavailable::new(crate::SERVICE, "an application has no place"))?;
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
                    // The new ones may allow less (RFC 6749 section 6).
                    enough(&tokens, need)?;
                }
                let (token, provider) = (tokens.access, need.provider.clone());
                let lent = Lent { vault: self.clone(), actor: actor.clone(), provider, token: token.clone() };
                Ok(AccessToken::with_handler(token, Arc::new(lent)))
            }
        }
    }
}

/// Has a token renewed that a service rejected.
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
            tracing::error!(error = %error, provider = self.provider, "a token that a service refused stays as it is");
        }
    }
}

impl fmt::Debug for LocalVault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LocalVault").field("providers", &self.0.providers.keys()).finish_non_exhaustive()
    }
}
