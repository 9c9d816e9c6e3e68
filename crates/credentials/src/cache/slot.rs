//! The cached tokens of one key, and the locked view of the caller that works with them.

use super::Lifetime;
use crate::same_secret;
use agent::intent::Need;
use agent::ports::{CredentialError, Unavailable};
use secrecy::{ExposeSecret, SecretString};
use std::collections::HashMap;
use std::time::{Duration, Instant};
use tokio::sync::OwnedMutexGuard;

/// Maximum number of attempts to store a rotation.
const TRIES: u32 = 6;
/// Pause after the first attempt, doubled after each further one.
const PAUSE_BETWEEN_TRIES: Duration = Duration::from_millis(100);

/// The cached state of one key.
pub(super) struct CacheEntry<R> {
    /// By provider.
    tokens: HashMap<String, Cached>,
    /// Last token that a service rejected, and when.
    refused: Option<(SecretString, Instant)>,
    /// Last failure, shared with the callers that waited for it.
    failed: Option<(Instant, Unavailable)>,
    /// Rotation that the store has not accepted yet.
    pub(super) unkept: Option<R>,
}

struct Cached {
    token: SecretString,
    scopes: Vec<String>,
    until: Instant,
    subject: Option<SecretString>,
}

/// A token that a provider has just issued.
pub(crate) struct Fresh {
    pub(crate) token: SecretString,
    /// Granted scopes.
    pub(crate) scopes: Vec<String>,
    /// Remaining lifetime; zero for a token that must not be cached.
    pub(crate) expires_in: Duration,
    /// Credential that the token was issued for, if any. A request with another credential does not get the token.
    pub(crate) subject: Option<SecretString>,
}

impl<R> Default for CacheEntry<R> {
    fn default() -> Self {
        Self { tokens: HashMap::new(), refused: None, failed: None, unkept: None }
    }
}

impl<R> CacheEntry<R> {
    pub(super) fn refuse(&mut self, provider: &str, token: &SecretString) {
        if self.tokens.get(provider).is_some_and(|cached| same_secret(&cached.token, token)) {
            self.tokens.remove(provider);
        }
        self.refused = Some((token.clone(), Instant::now()));
    }
}

/// Exclusive access to a slot.
pub(crate) struct Locked<R> {
    slot: OwnedMutexGuard<CacheEntry<R>>,
    /// Time at which the caller began to wait for the lock.
    asked: Instant,
    lifetime: Lifetime,
}

impl<R> Locked<R> {
    pub(super) const fn new(slot: OwnedMutexGuard<CacheEntry<R>>, asked: Instant, lifetime: Lifetime) -> Self {
        Self { slot, asked, lifetime }
    }

    /// Returns the cached token if it has not expired, was issued for `subject` and has all scopes of `need`; otherwise
    /// removes it.
    ///
    /// # Errors
    /// As [`Locked::awaited`], when there is no such token.
    pub(crate) fn cached(
        &mut self,
        need: &Need,
        subject: Option<&SecretString>,
    ) -> Result<Option<SecretString>, Unavailable> {
        let exposed = subject.map(ExposeSecret::expose_secret);
        let serves = |cached: &&Cached| {
            Instant::now() < cached.until
                && cached.subject.as_ref().map(ExposeSecret::expose_secret) == exposed
                && need.scopes.iter().all(|scope| cached.scopes.contains(scope))
        };
        if let Some(cached) = self.slot.tokens.get(&need.provider).filter(serves) {
            return Ok(Some(cached.token.clone()));
        }
        self.slot.tokens.remove(&need.provider);
        self.awaited().map(|()| None)
    }

    /// Fails if the slot recorded a failure while this caller waited for the lock.
    ///
    /// # Errors
    /// That failure.
    pub(crate) fn awaited(&self) -> Result<(), Unavailable> {
        match &self.slot.failed {
            Some((at, error)) if *at > self.asked => Err(error.clone()),
            _ => Ok(()),
        }
    }

    /// Records a failure, so that callers waiting for the lock share it instead of repeating the request.
    pub(crate) fn failed(&mut self, error: Unavailable) -> CredentialError {
        self.slot.failed = Some((Instant::now(), error.clone()));
        error.into()
    }

    /// Tells whether the last failure is more recent than `age`.
    pub(crate) fn has_failed_within(&self, age: Duration) -> bool {
        self.slot.failed.as_ref().is_some_and(|(at, _)| at.elapsed() < age)
    }

    /// Tells whether a service has rejected exactly this token within `age`.
    pub(crate) fn was_refused_within(&self, age: Duration, token: &SecretString) -> bool {
        let refused = self.slot.refused.as_ref();
        refused.is_some_and(|(refused, at)| same_secret(refused, token) && at.elapsed() < age)
    }

    /// Caches a token for the time that the cache's [`Lifetime`] allows, and returns it.
    pub(crate) fn insert(&mut self, provider: &str, fresh: Fresh) -> SecretString {
        let Fresh { token, scopes, expires_in, subject } = fresh;
        let life = self.lifetime.of(expires_in);
        if !life.is_zero() {
            let cached = Cached { token: token.clone(), scopes, until: Instant::now() + life, subject };
            self.slot.tokens.insert(provider.to_owned(), cached);
        }
        token
    }

    /// Reassigns the tokens issued for the credential `old` to its replacement `fresh`, so that they remain usable.
    pub(crate) fn rebind(&mut self, old: &SecretString, fresh: &SecretString) {
        for subject in self.slot.tokens.values_mut().filter_map(|cached| cached.subject.as_mut()) {
            if same_secret(subject, old) {
                *subject = fresh.clone();
            }
        }
    }

    /// Removes and returns the rotation that the store has not accepted yet.
    pub(crate) fn take_unkept(&mut self) -> Option<R> {
        self.slot.unkept.take()
    }

    /// Tells whether there is a rotation that the store has not accepted yet.
    pub(crate) fn has_unkept(&self) -> bool {
        self.slot.unkept.is_some()
    }

    /// Stores `rotation` with `write`, retrying for about three seconds. The slot holds the rotation until the store
    /// has accepted it. Does not try at all if the caller before has just failed.
    ///
    /// # Errors
    /// The last failure. The rotation must not be used before a later call has stored it.
    pub(crate) async fn keep<T, F>(&mut self, rotation: R, mut write: impl FnMut() -> F) -> Result<T, Unavailable>
    where
        F: Future<Output = Result<T, Unavailable>>,
    {
        self.slot.unkept = Some(rotation);
        self.awaited()?;
        let (mut pause, mut tries) = (PAUSE_BETWEEN_TRIES, 1);
        let written = loop {
            match write().await {
                Err(error) if tries < TRIES => {
                    tracing::warn!(error = %error, "a rotated token could not be stored yet")
                }
                other => break other,
            }
            tokio::time::sleep(pause).await;
            (pause, tries) = (pause * 2, tries + 1);
        };
        match &written {
            Ok(_) => self.slot.unkept = None,
            Err(error) => {
                tracing::error!(error = %error, "a rotated token could not be stored");
                self.slot.failed = Some((Instant::now(), error.clone()));
            }
        }
        written
    }
}
