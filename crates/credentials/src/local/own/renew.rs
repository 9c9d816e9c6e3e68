//! Renewing. One caller of an instance renews an account's tokens, and of all instances the one with the lease; the others
//! wait for what it gets. It goes on when its caller is gone: a token that was given must be kept.

use super::{Inner, LocalVault, Rotation, read};
use crate::cache::{self, Key, Locked};
use crate::local::provider::People;
use crate::local::revocation;
use crate::local::store::{Expected, Leased, Written};
use crate::local::token_endpoint::{Asked, Given, TokenEndpoint, TokenFault, for_refresh};
use crate::local::tokens::{Life, Tokens};
use agent::Actor;
use agent::ports::{CredentialError, Millis, Unavailable};
use secrecy::{ExposeSecret, SecretString};
use std::time::{Duration, Instant};

/// How long one renewal may take, in milliseconds: longer than the provider and the store are waited for.
const LEASE: Millis = 30_000;

/// How often others look whether it is done.
const LOOK: Duration = Duration::from_millis(100);

/// How long others wait for it.
const PATIENCE: Duration = Duration::from_secs(31);

/// The time for which a provider that does not answer is left alone while the old token still works.
const REST: Duration = Duration::from_secs(30);

impl LocalVault {
    /// Tokens of the account whose access token works on.
    pub(super) async fn fresh(&self, actor: &Actor, provider: &str) -> Result<Tokens, CredentialError> {
        let (inner, actor, id) = (self.0.clone(), actor.clone(), provider.to_owned());
        let key = Key::account(&actor, &id);
        self.0.renewals.exclusive(key, |locked| async move { inner.renewed(locked, &actor, &id).await }).await
    }

    /// Waits until every renewal that was begun has kept what it was given: a server that stops must not lose it.
    pub async fn settle(&self) {
        self.0.renewals.settle().await;
    }
}

impl Inner {
    async fn renewed(&self, mut locked: Locked<Rotation>, actor: &Actor, id: &str) -> Result<Tokens, CredentialError> {
        let provider = self.provider(id)?;
        let people = provider.people().ok_or(CredentialError::NotConnected)?;
        let begun = Instant::now();
        loop {
            if let Some(rotation) = locked.take_unkept() {
                self.keep(&mut locked, actor, id, rotation).await?;
            }
            let held = self.store.read(actor, id).await?.ok_or(CredentialError::NotConnected)?;
            let tokens = read(&held, id).ok_or(CredentialError::NotConnected)?;
            let now = self.clock.now();
            if tokens.serves(now) || (tokens.lives(now) && locked.has_failed_within(REST)) {
                return Ok(tokens);
            }
            locked.awaited()?;
            let Some(refresh) = tokens.refresh.clone() else {
                return if tokens.lives(now) { Ok(tokens) } else { Err(CredentialError::NotConnected) };
            };
            match self.store.lease(actor, id, &held.version, now, now + LEASE).await? {
                Leased::Ours => {}
                Leased::Changed => continue,
                Leased::Busy if begun.elapsed() < PATIENCE => {
                    tokio::time::sleep(LOOK).await;
                    continue;
                }
                Leased::Busy => return Err(Unavailable::new(provider.name, "a renewal does not end").into()),
            }
            let endpoint = TokenEndpoint {
                service: provider.name,
                url: &people.token_url,
                client: &people.client,
                http: &self.http,
            };
            match endpoint.ask(&for_refresh(&refresh), Asked::Refresh).await {
                Ok(given) => {
                    let renewed = next(given, &tokens, self.clock.now());
                    self.keep(&mut locked, actor, id, (held.version, renewed)).await?;
                }
                Err(TokenFault::Dead(error)) => {
                    // Nobody else can have renewed it meanwhile: the lease is ours, and the version is looked at once more.
                    tracing::info!(provider = id, error, "an account is no longer connected");
                    self.store.remove(actor, id, Some(&held.version)).await?;
                }
                Err(TokenFault::Unavailable(error)) => {
                    tracing::warn!(error = %error, provider = id, "a token could not be renewed");
                    if let Err(error) = self.store.release(actor, id, &held.version).await {
                        tracing::warn!(error = %error, provider = id, "a lease ends by itself");
                    }
                    let error = locked.failed(error);
                    if !tokens.lives(now) {
                        return Err(error);
                    }
                }
            }
        }
    }

    /// Keeps what was given, before anybody uses it.
    async fn keep(
        &self,
        locked: &mut Locked<Rotation>,
        actor: &Actor,
        id: &str,
        rotation: Rotation,
    ) -> Result<(), Unavailable> {
        let (version, tokens) = rotation.clone();
        let plain = tokens.written()?;
        let write = || self.store.write(actor, id, &plain, Expected::Still(version.clone()));
        match locked.keep(rotation, write).await? {
            Written::Done => Ok(()),
            // A write that seemed to fail may have come through: then it is found, and used.
            Written::Conflict => self.orphaned(actor, id, &tokens).await,
        }
    }

    /// Gives back what was given for an account that was taken away meanwhile.
    async fn orphaned(&self, actor: &Actor, id: &str, tokens: &Tokens) -> Result<(), Unavailable> {
        let provider = self.provider(id)?;
        if let (None, Some(people)) = (self.store.read(actor, id).await?, provider.people())
            && let Err(error) = revocation::revoke(provider.name, people, tokens, &self.http).await
        {
            tracing::warn!(error = %error, provider = id, "a token of a disconnected account was not given back");
        }
        Ok(())
    }

    /// A service would not take this token. If it is still the one that is kept, it is renewed before it is lent again; one
    /// that cannot be renewed is as good as none. Where it is being renewed already, nothing is to be done: another version
    /// would keep the new tokens from being kept, and the refresh token would be spent twice.
    pub(super) async fn doubt(&self, actor: &Actor, id: &str, token: &SecretString) -> Result<(), Unavailable> {
        let Some(locked) = self.renewals.idle(Key::account(actor, id)) else { return Ok(()) };
        if locked.has_unkept() {
            return Ok(());
        }
        let Some(held) = self.store.read(actor, id).await? else { return Ok(()) };
        let Some(tokens) = read(&held, id).filter(|it| it.access.expose_secret() == token.expose_secret()) else {
            return Ok(());
        };
        if tokens.refresh.is_none() {
            return self.store.remove(actor, id, Some(&held.version)).await;
        }
        let over = Some(Life { renew: 0, end: 0 });
        let doubted = Tokens { life: over, ..tokens }.written()?;
        let now = self.clock.now();
        match self.store.lease(actor, id, &held.version, now, now + LEASE).await? {
            Leased::Ours => {}
            // Another one renews it, or has just written it.
            Leased::Busy | Leased::Changed => return Ok(()),
        }
        self.store.write(actor, id, &doubted, Expected::Still(held.version)).await.map(|_| ())
    }

    /// The tokens of a first consent.
    pub(super) fn first(&self, given: Given, asked: &[String]) -> Tokens {
        let now = self.clock.now();
        let none =
            Tokens { access: given.access.clone(), refresh: None, scopes: asked.to_vec(), consented: now, life: None };
        next(given, &none, now)
    }

    /// Gives tokens back, renewed first if need be: one that has ended cannot be named any more.
    pub(super) async fn give_back(
        vault: &LocalVault,
        actor: &Actor,
        id: &str,
        people: &People,
        tokens: Tokens,
    ) -> Result<(), Unavailable> {
        let inner = &vault.0;
        let tokens = match vault.fresh(actor, id).await {
            Ok(fresh) => fresh,
            // The provider has ended it already.
            Err(CredentialError::NotConnected) if tokens.refresh.is_some() => return Ok(()),
            Err(_) => tokens,
        };
        revocation::revoke(inner.provider(id)?.name, people, &tokens, &inner.http).await
    }
}

/// The tokens that replace `old`. A provider that does not rotate sends no refresh token, and the old one counts on.
fn next(given: Given, old: &Tokens, now: Millis) -> Tokens {
    let [jitter, ..] = cache::random().to_le_bytes();
    Tokens {
        access: given.access,
        refresh: given.refresh.or_else(|| old.refresh.clone()),
        scopes: given.scopes.unwrap_or_else(|| old.scopes.clone()),
        consented: old.consented,
        life: given.expires_in.map(|seconds| Life::of(now, seconds, jitter)),
    }
}
