//! Renewal of tokens. One caller of each instance, and among the instances the one with the lease, renews an account's
//! tokens; the others wait for the result. A renewal continues when its caller is cancelled, since issued tokens must
//! be stored.

use super::{Inner, LocalVault, Rotation, read};
use crate::cache::{self, Key, Locked};
use crate::local::provider::People;
use crate::local::revocation;
use crate::local::store::{Expected, Leased, Written};
use crate::local::token_endpoint::{Asked, ProviderResponse, TokenEndpoint, TokenFault, for_refresh};
use crate::local::tokens::{TokenLifetime, Tokens};
use agent::Actor;
use agent::ports::{CredentialError, Millis, Unavailable};
use secrecy::{ExposeSecret, SecretString};
use std::time::{Duration, Instant};

/// Duration of the lease on a renewal, in milliseconds; longer than the provider and every attempt at storing its answer
/// can take: otherwise another instance would use the refresh token a second time.
const LEASE: Millis = 120_000;

/// Interval at which other instances check whether the renewal is done.
const RENEWAL_POLL: Duration = Duration::from_millis(100);

/// Maximum time that other instances wait for the renewal.
const LONGEST_RENEWAL: Duration = Duration::from_secs(31);

/// Pause after a failed renewal, during which the old token is handed out while it is still valid.
const REST: Duration = Duration::from_secs(30);

impl LocalVault {
    /// Returns the account's tokens, renewed if they are due.
    pub(super) async fn fresh(&self, actor: &Actor, provider: &str) -> Result<Tokens, CredentialError> {
        let (inner, actor, id) = (self.0.clone(), actor.clone(), provider.to_owned());
        let key = Key::account(&actor, &id);
        self.0.renewals.exclusive(key, |locked| async move { inner.renewed(locked, &actor, &id).await }).await
    }

    /// Waits until every running renewal has stored its tokens, so that a server that stops does not lose them.
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
                Leased::Busy if begun.elapsed() < LONGEST_RENEWAL => {
                    tokio::time::sleep(RENEWAL_POLL).await;
                    continue;
                }
                // The other instance takes long, or is gone; the old token still works.
                Leased::Busy if tokens.lives(self.clock.now()) => return Ok(tokens),
                Leased::Busy => return Err(Unavailable::new(provider.name, "the renewal takes too long").into()),
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
                    // No other instance can have renewed the tokens: this one holds the lease, and `remove` checks the
                    // version.
                    tracing::info!(provider = id, error, "an account is no longer connected");
                    self.store.remove(actor, id, Some(&held.version)).await?;
                }
                Err(TokenFault::Unavailable(error)) => {
                    tracing::warn!(error = %error, provider = id, "a token could not be renewed");
                    if let Err(error) = self.store.release(actor, id, &held.version).await {
                        tracing::warn!(error = %error, provider = id, "a lease was not released and expires by itself");
                    }
                    let error = locked.failed(error);
                    if !tokens.lives(now) {
                        return Err(error);
                    }
                }
            }
        }
    }

    /// Stores new tokens before they are used.
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
            // A write that reported an error may have succeeded: then the caller reads and uses its tokens.
            Written::Conflict => self.orphaned(actor, id, &tokens).await,
        }
    }

    /// Revokes new tokens if their account was disconnected during the renewal.
    async fn orphaned(&self, actor: &Actor, id: &str, tokens: &Tokens) -> Result<(), Unavailable> {
        let provider = self.provider(id)?;
        if let (None, Some(people)) = (self.store.read(actor, id).await?, provider.people())
            && let Err(error) = revocation::revoke(provider.name, people, tokens, &self.http).await
        {
            tracing::warn!(error = %error, provider = id, "a token of a disconnected account was not revoked");
        }
        Ok(())
    }

    /// Marks a rejected access token as expired, so that the next request renews it; without a refresh token,
    /// disconnects the account. Does nothing if the token is no longer the stored one, or if a renewal is running: a
    /// new version would then prevent the renewed tokens from being stored, and the refresh token would be used twice.
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
        let over = Some(TokenLifetime { renew: 0, end: 0 });
        let doubted = Tokens { life: over, ..tokens }.written()?;
        let now = self.clock.now();
        match self.store.lease(actor, id, &held.version, now, now + LEASE).await? {
            Leased::Ours => {}
            // Another instance is renewing the tokens, or has just stored new ones.
            Leased::Busy | Leased::Changed => return Ok(()),
        }
        self.store.write(actor, id, &doubted, Expected::Still(held.version)).await.map(|_| ())
    }

    /// Returns the tokens of a new consent.
    pub(super) fn first(&self, given: ProviderResponse, asked: &[String]) -> Tokens {
        let now = self.clock.now();
        let (access, scopes) = (given.access.clone(), asked.to_vec());
        let none = Tokens { access, refresh: None, scopes, owner: None, consented: now, life: None };
        next(given, &none, now)
    }

    /// Revokes tokens, and renews them first if they are due: a revocation request cannot name an expired token.
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
            // The provider has invalidated the grant already.
            Err(CredentialError::NotConnected) if tokens.refresh.is_some() => return Ok(()),
            Err(_) => tokens,
        };
        revocation::revoke(inner.provider(id)?.name, people, &tokens, &inner.http).await
    }
}

/// Returns the tokens that replace `old`. A provider that does not rotate refresh tokens sends none, so the old one is
/// kept.
fn next(given: ProviderResponse, old: &Tokens, now: Millis) -> Tokens {
    let [jitter, ..] = cache::random().to_le_bytes();
    Tokens {
        access: given.access,
        refresh: given.refresh.or_else(|| old.refresh.clone()),
        scopes: given.scopes.unwrap_or_else(|| old.scopes.clone()),
        owner: old.owner.clone(),
        consented: old.consented,
        life: given.expires_in.map(|seconds| TokenLifetime::of(now, seconds, jitter)),
    }
}
