//! Renewing. One caller of an instance renews an account's tokens, and of all instances the one with the lease; the others
//! wait for what it gets. It goes on when its caller is gone: a token that was given must be kept.

use super::{Inner, LocalVault, read};
use crate::local::provider::People;
use crate::local::revocation;
use crate::local::store::{Expected, Leased, Version, Written};
use crate::local::token_endpoint::{Asked, Given, TokenEndpoint, TokenFault, for_refresh};
use crate::local::tokens::{Life, Tokens};
use agent::Actor;
use agent::ports::{Millis, Unavailable, VaultError};
use secrecy::{ExposeSecret, SecretString};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::OwnedMutexGuard;

/// How long one renewal may take, in milliseconds: longer than the provider and the store are waited for.
const LEASE: Millis = 30_000;

/// How often others look whether it is done.
const LOOK: Duration = Duration::from_millis(100);

/// How long others wait for it.
const PATIENCE: Duration = Duration::from_secs(31);

/// How often keeping a new token is tried, the first pause between, doubled each time.
const TRIES: u32 = 6;
const PAUSE: Duration = Duration::from_millis(100);

/// How long a provider that does not answer is left alone while the old token still works, in milliseconds.
const REST: Millis = 30_000;

/// More accounts than this are not remembered at once.
const MOST: usize = 10_000;

/// Whose account, and at which provider.
type Key = (String, String, String, String);

#[derive(Default)]
pub(super) struct Slots(Mutex<HashMap<Key, Arc<tokio::sync::Mutex<Slot>>>>);

/// What one instance knows of an account's renewal.
#[derive(Default)]
pub(super) struct Slot {
    /// Tokens that were given and could not be kept yet, and what they replace.
    unkept: Option<(Version, Tokens)>,
    /// Until when the provider is left alone.
    rest: Millis,
}

impl Slots {
    fn of(&self, actor: &Actor, provider: &str) -> Arc<tokio::sync::Mutex<Slot>> {
        let mut slots = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if slots.len() >= MOST {
            let unkept = |slot: &Arc<tokio::sync::Mutex<Slot>>| slot.try_lock().is_ok_and(|slot| slot.unkept.is_some());
            slots.retain(|_, slot| Arc::strong_count(slot) > 1 || unkept(slot));
        }
        let own = [actor.tenant(), actor.issuer(), actor.subject(), provider].map(str::to_owned);
        slots.entry(own.into()).or_default().clone()
    }
}

impl LocalVault {
    /// Tokens of the account whose access token works on.
    pub(super) async fn fresh(&self, actor: &Actor, provider: &str) -> Result<Tokens, VaultError> {
        let slot = self.0.slots.of(actor, provider).lock_owned().await;
        let (inner, actor, provider) = (self.0.clone(), actor.clone(), provider.to_owned());
        let renewing = self.0.renewals.spawn(async move { inner.renewed(slot, &actor, &provider).await });
        renewing.await.unwrap_or_else(|error| Err(Unavailable::new(crate::SERVICE, error.to_string()).into()))
    }
}

impl LocalVault {
    /// Waits until every renewal that was begun has kept what it was given: a server that stops must not lose it.
    pub async fn settle(&self) {
        self.0.renewals.close();
        self.0.renewals.wait().await;
    }
}

impl Inner {
    async fn renewed(&self, mut slot: OwnedMutexGuard<Slot>, actor: &Actor, id: &str) -> Result<Tokens, VaultError> {
        let provider = self.provider(id)?;
        let people = provider.people().ok_or(VaultError::NotConnected)?;
        let begun = Instant::now();
        loop {
            if let Some((version, tokens)) = slot.unkept.take() {
                self.keep(&mut slot, actor, id, version, tokens).await?;
            }
            let held = self.store.read(actor, id).await?.ok_or(VaultError::NotConnected)?;
            let tokens = read(&held, id).ok_or(VaultError::NotConnected)?;
            let now = self.clock.now();
            if tokens.serves(now) || (tokens.lives(now) && now < slot.rest) {
                return Ok(tokens);
            }
            let Some(refresh) = tokens.refresh.clone() else {
                return if tokens.lives(now) { Ok(tokens) } else { Err(VaultError::NotConnected) };
            };
            let jitter = jitter()?;
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
                    let renewed = next(given, &tokens, self.clock.now(), jitter);
                    self.keep(&mut slot, actor, id, held.version, renewed).await?;
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
                    if !tokens.lives(now) {
                        return Err(error.into());
                    }
                    slot.rest = now + REST;
                }
            }
        }
    }

    /// Keeps what was given, before anybody uses it. What cannot be kept now is not forgotten.
    async fn keep(
        &self,
        slot: &mut Slot,
        actor: &Actor,
        id: &str,
        version: Version,
        tokens: Tokens,
    ) -> Result<(), VaultError> {
        let plain = tokens.written()?;
        let (mut pause, mut tries) = (PAUSE, 1);
        loop {
            match self.store.write(actor, id, &plain, Expected::Still(version.clone())).await {
                Ok(Written::Done) => return Ok(()),
                // A write that seemed to fail may have come through: then it is found, and used.
                Ok(Written::Conflict) => return Ok(self.orphaned(actor, id, &tokens).await?),
                Err(error) if tries == TRIES => {
                    slot.unkept = Some((version, tokens));
                    return Err(error.into());
                }
                Err(error) => tracing::warn!(error = %error, provider = id, "a new token is not kept yet"),
            }
            tokio::time::sleep(pause).await;
            (pause, tries) = (pause * 2, tries + 1);
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
        let slot = self.slots.of(actor, id);
        let Ok(slot) = slot.try_lock() else { return Ok(()) };
        if slot.unkept.is_some() {
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
    pub(super) fn first(&self, given: Given, asked: &[String], jitter: u8) -> Tokens {
        let now = self.clock.now();
        let none =
            Tokens { access: given.access.clone(), refresh: None, scopes: asked.to_vec(), consented: now, life: None };
        next(given, &none, now, jitter)
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
            Err(VaultError::NotConnected) if tokens.refresh.is_some() => return Ok(()),
            Err(_) => tokens,
        };
        revocation::revoke(inner.provider(id)?.name, people, &tokens, &inner.http).await
    }
}

/// Drawn before anything is asked for: when tokens have been given, nothing may go wrong but the store.
pub(super) fn jitter() -> Result<u8, Unavailable> {
    let mut byte = [0_u8; 1];
    getrandom::fill(&mut byte).map_err(|error| Unavailable::new(crate::SERVICE, error.to_string()))?;
    Ok(byte[0])
}

/// What replaces `old`. A provider that does not rotate sends no refresh token, and the old one counts on.
fn next(given: Given, old: &Tokens, now: Millis, jitter: u8) -> Tokens {
    Tokens {
        access: given.access,
        refresh: given.refresh.or_else(|| old.refresh.clone()),
        scopes: given.scopes.unwrap_or_else(|| old.scopes.clone()),
        consented: old.consented,
        life: given.expires_in.map(|seconds| Life::of(now, seconds, jitter)),
    }
}
