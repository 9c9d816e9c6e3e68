//! One key's tokens, as the caller whose turn it is sees them.

use super::Lifetime;
use crate::same_secret;
use agent::intent::Need;
use agent::ports::{CredentialError, Unavailable};
use secrecy::{ExposeSecret, SecretString};
use std::collections::HashMap;
use std::time::{Duration, Instant};
use tokio::sync::OwnedMutexGuard;

/// The number of times that a store is asked to take a rotation, and the first pause between, doubled each time.
const TRIES: u32 = 6;
const PAUSE: Duration = Duration::from_millis(100);

/// All that is held for a key.
pub(super) struct Slot<R> {
    /// By provider.
    tokens: HashMap<String, Cached>,
    /// The token that a service last rejected.
    refused: Option<(SecretString, Instant)>,
    /// The last failure: those who have waited for it do not wait again.
    failed: Option<(Instant, Unavailable)>,
    /// A rotation that the store has not taken yet.
    pub(super) unkept: Option<R>,
}

struct Cached {
    token: SecretString,
    scopes: Vec<String>,
    until: Instant,
    subject: Option<SecretString>,
}

/// A token that a provider has just given.
pub(crate) struct Fresh {
    pub(crate) token: SecretString,
    /// The granted scopes.
    pub(crate) scopes: Vec<String>,
    /// The remaining lifetime; zero for a token that must not be cached.
    pub(crate) expires_in: Duration,
    /// The credential that it was given for, if there is one. With another one the token is not handed out.
    pub(crate) subject: Option<SecretString>,
}

impl<R> Default for Slot<R> {
    fn default() -> Self {
        Self { tokens: HashMap::new(), refused: None, failed: None, unkept: None }
    }
}

impl<R> Slot<R> {
    pub(super) fn refuse(&mut self, provider: &str, token: &SecretString) {
        if self.tokens.get(provider).is_some_and(|cached| same_secret(&cached.token, token)) {
            self.tokens.remove(provider);
        }
        self.refused = Some((token.clone(), Instant::now()));
    }
}

/// A slot whose owner works alone with it.
pub(crate) struct Locked<R> {
    slot: OwnedMutexGuard<Slot<R>>,
    /// The time at which its owner began to wait for it.
    asked: Instant,
    lifetime: Lifetime,
}

impl<R> Locked<R> {
    pub(super) const fn new(slot: OwnedMutexGuard<Slot<R>>, asked: Instant, lifetime: Lifetime) -> Self {
        Self { slot, asked, lifetime }
    }

    /// The cached token, if it was given for `subject` and has all scopes of `need`; otherwise it is dropped.
    ///
    /// # Errors
    /// The failure of the caller that was waited for, when there is no such token.
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

    /// Fails if the caller that was waited for has failed.
    ///
    /// # Errors
    /// Its failure.
    pub(crate) fn awaited(&self) -> Result<(), Unavailable> {
        match &self.slot.failed {
            Some((at, error)) if *at > self.asked => Err(error.clone()),
            _ => Ok(()),
        }
    }

    /// Notes what others who wait shall not wait for again.
    pub(crate) fn failed(&mut self, error: Unavailable) -> CredentialError {
        self.slot.failed = Some((Instant::now(), error.clone()));
        error.into()
    }

    /// Tells whether the last failure is younger than `age`.
    pub(crate) fn has_failed_within(&self, age: Duration) -> bool {
        self.slot.failed.as_ref().is_some_and(|(at, _)| at.elapsed() < age)
    }

    /// Tells whether a service has rejected this very token within `age`.
    pub(crate) fn was_refused_within(&self, age: Duration, token: &SecretString) -> bool {
        let refused = self.slot.refused.as_ref();
        refused.is_some_and(|(refused, at)| same_secret(refused, token) && at.elapsed() < age)
    }

    /// Caches a token for as long as the lifetime allows, and returns it.
    pub(crate) fn insert(&mut self, provider: &str, fresh: Fresh) -> SecretString {
        let Fresh { token, scopes, expires_in, subject } = fresh;
        let life = self.lifetime.of(expires_in);
        if !life.is_zero() {
            let cached = Cached { token: token.clone(), scopes, until: Instant::now() + life, subject };
            self.slot.tokens.insert(provider.to_owned(), cached);
        }
        token
    }

    /// Keeps the tokens that were given for `old` for `fresh`, which has taken its place.
    pub(crate) fn rebind(&mut self, old: &SecretString, fresh: &SecretString) {
        for subject in self.slot.tokens.values_mut().filter_map(|cached| cached.subject.as_mut()) {
            if same_secret(subject, old) {
                *subject = fresh.clone();
            }
        }
    }

    /// Takes out the rotation that no store has taken yet.
    pub(crate) fn take_unkept(&mut self) -> Option<R> {
        self.slot.unkept.take()
    }

    /// Tells whether there is a rotation that no store has taken yet.
    pub(crate) fn has_unkept(&self) -> bool {
        self.slot.unkept.is_some()
    }

    /// Stores `rotation` by `write`, which is tried for three seconds, unless the caller that was waited for has just failed.
    /// The slot holds the rotation until the store has it.
    ///
    /// # Errors
    /// The last failure. The rotation must not be used before a later call has stored it.
    pub(crate) async fn keep<T, F>(&mut self, rotation: R, mut write: impl FnMut() -> F) -> Result<T, Unavailable>
    where
        F: Future<Output = Result<T, Unavailable>>,
    {
        self.slot.unkept = Some(rotation);
        self.awaited()?;
        let (mut pause, mut tries) = (PAUSE, 1);
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
