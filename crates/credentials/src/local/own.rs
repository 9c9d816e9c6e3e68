//! The vault port on tokens of our own keeping. A token is renewed ahead of its end, by one caller of one instance, and is
//! kept before it is lent: providers that rotate refresh tokens forgive neither a second use nor a loss.

mod manage;
mod renew;

pub use manage::{Account, Disconnected};

use crate::local::provider::{Authentication, Key, Kind, Provider};
use crate::local::store::{Held, Store};
use crate::local::tokens::Tokens;
use crate::{ApplicationCredentials, ApplicationToken};
use agent::Actor;
use agent::intent::Need;
use agent::ports::{Clock, Lender, Loan, Unavailable, Vault, VaultError};
use async_trait::async_trait;
use renew::Slots;
use secrecy::{ExposeSecret, SecretString};
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use tokio_util::task::TaskTracker;

/// Lends by the providers of the file. Clones share everything.
#[derive(Clone)]
pub struct LocalVault(Arc<Inner>);

struct Inner {
    providers: BTreeMap<String, Provider>,
    applications: BTreeMap<String, ApplicationToken>,
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    http: reqwest::Client,
    slots: Slots,
    /// Renewals that were begun.
    renewals: TaskTracker,
}

impl LocalVault {
    /// Lends tokens of `providers`, of what `store` keeps.
    ///
    /// # Errors
    /// When no HTTP client can be made on this machine.
    pub fn new(providers: Vec<Provider>, store: Arc<dyn Store>, clock: Arc<dyn Clock>) -> Result<Self, reqwest::Error> {
        let providers: BTreeMap<_, _> = providers.into_iter().map(|it| (it.id.clone(), it)).collect();
        let applications =
            providers.values().filter_map(|provider| Some((provider.id.clone(), application(provider)?)));
        let applications =
            applications.map(|(id, own)| Ok((id, ApplicationToken::new(own)?))).collect::<Result<_, _>>()?;
        let (http, slots, renewals) = (oidc::http::client()?, Slots::default(), TaskTracker::new());
        let inner = Inner { providers, applications, store, clock, http, slots, renewals };
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
fn enough(tokens: &Tokens, need: &Need) -> Result<(), VaultError> {
    let missing = tokens.lacks(&need.scopes);
    if missing.is_empty() { Ok(()) } else { Err(VaultError::MoreScopes { missing }) }
}

#[async_trait]
impl Vault for LocalVault {
    async fn lend(&self, actor: &Actor, need: &Need) -> Result<Loan, VaultError> {
        let inner = &self.0;
        let provider = inner.provider(&need.provider)?;
        let now = inner.clock.now();
        let token = match &provider.kind {
            Kind::ApiKey(Key(key)) => return Ok(Loan::new(key.clone())),
            Kind::Application(machine) => {
                let missing: Vec<_> =
                    need.scopes.iter().filter(|scope| !machine.scopes.contains(scope)).cloned().collect();
                if !missing.is_empty() {
                    let cause = format!("the application's own token lacks {}", missing.join(" "));
                    return Err(Unavailable::new(provider.name, cause).into());
                }
                let token = inner.applications.get(&provider.id);
                let token = token.ok_or_else(|| Unavailable::new(crate::SERVICE, "an application has no place"))?;
                token.token().await?
            }
            Kind::People(people) => {
                let held = inner.store.read(actor, &provider.id).await?.ok_or(VaultError::NotConnected)?;
                let mut tokens = read(&held, &provider.id).ok_or(VaultError::NotConnected)?;
                if people.authentication == Authentication::Forced && !tokens.is_recent(now) {
                    return Err(VaultError::NotConnected);
                }
                enough(&tokens, need)?;
                if !tokens.serves(now) {
                    tokens = self.fresh(actor, &provider.id).await?;
                    // The new ones may allow less (RFC 6749 section 6).
                    enough(&tokens, need)?;
                }
                tokens.access
            }
        };
        let lender =
            Lent { vault: self.clone(), actor: actor.clone(), provider: need.provider.clone(), token: token.clone() };
        Ok(Loan::lent_by(token, Arc::new(lender)))
    }
}

/// Hears when a service would not take a token.
struct Lent {
    vault: LocalVault,
    actor: Actor,
    provider: String,
    token: SecretString,
}

#[async_trait]
impl Lender for Lent {
    async fn refused(&self) {
        let inner = &self.vault.0;
        if let Some(token) = inner.applications.get(&self.provider) {
            token.forget().await;
        }
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
