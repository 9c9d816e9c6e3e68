//! The keys of one issuer, cached. Anybody can send a token with an unknown key id, so such tokens cause at most one fetch
//! a minute; everybody who waits for a fetch shares it.

mod http;

pub use http::HttpKeys;

use crate::config::{IssuerId, KeyLocation};
use crate::rejection::{InvalidToken, Reason};
use agent::ports::{Clock, Millis, Unavailable};
use async_trait::async_trait;
use oidc::jws::{Algorithm, BadSignature, Compact, KeySet};
use std::fmt::{self, Debug};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

/// Largest accepted key set and discovery document, in bytes.
pub const LARGEST_KEY_SET: usize = 64 * 1024;

/// Age after which keys are fetched again.
const FRESH_MS: u64 = 10 * 60 * 1000;

/// Age up to which keys are used while the issuer cannot be reached.
const USABLE_MS: u64 = 60 * 60 * 1000;

/// Shortest pause between two fetches while keys are cached.
const PAUSE_MS: u64 = 60 * 1000;

/// Shortest pause between two fetches while there are no usable keys.
const PAUSE_WITHOUT_KEYS_MS: u64 = 5 * 1000;

/// The source of an issuer's keys.
#[async_trait]
pub trait KeySource: Debug + Send + Sync {
    /// Fetches the JWK set of `issuer`, at most [`LARGEST_KEY_SET`] bytes. A discovery document must name the same issuer.
    ///
    /// # Errors
    /// [`Unavailable`] if the issuer cannot be reached or answers otherwise.
    async fn fetch(&self, issuer: &IssuerId, location: &KeyLocation) -> Result<Vec<u8>, Unavailable>;
}

/// The cache of one issuer's keys.
pub(crate) struct KeyCache {
    issuer: IssuerId,
    location: KeyLocation,
    source: Arc<dyn KeySource>,
    clock: Arc<dyn Clock>,
    state: RwLock<State>,
    fetching: tokio::sync::Mutex<()>,
}

#[derive(Clone, Default)]
struct State {
    keys: Option<(Arc<KeySet>, Millis)>,
    attempt: Option<Attempt>,
}

/// The last fetch that ended. While one runs, those who need it wait for it.
#[derive(Clone, Copy)]
struct Attempt {
    at: Millis,
    failed: bool,
}

impl State {
    fn keys_younger_than(&self, age: u64, now: Millis) -> Option<&Arc<KeySet>> {
        self.keys.as_ref().filter(|(_, at)| now.abs_diff(*at) < age).map(|(keys, _)| keys)
    }

    /// Returns the rest of the pause before the next fetch, 0 if one may start.
    fn pause(&self, now: Millis) -> Duration {
        let whole = if self.keys_younger_than(USABLE_MS, now).is_some() { PAUSE_MS } else { PAUSE_WITHOUT_KEYS_MS };
        let passed = self.attempt.map_or(u64::MAX, |attempt| now.abs_diff(attempt.at));
        Duration::from_millis(whole.saturating_sub(passed))
    }

    fn has_failed(&self) -> bool {
        self.attempt.is_some_and(|attempt| attempt.failed)
    }
}

impl KeyCache {
    pub(crate) fn new(
        issuer: IssuerId,
        location: KeyLocation,
        source: Arc<dyn KeySource>,
        clock: Arc<dyn Clock>,
    ) -> Arc<Self> {
        Arc::new(Self { issuer, location, source, clock, state: RwLock::default(), fetching: Default::default() })
    }

    pub(crate) const fn location(&self) -> &KeyLocation {
        &self.location
    }

    /// Verifies the signature of a token by the key that it names.
    pub(crate) async fn verify(self: &Arc<Self>, token: &Compact<'_>, algorithm: Algorithm) -> Result<(), Reason> {
        match token.verify(algorithm, &*self.keys().await?) {
            Err(BadSignature::UnknownKey) => self.verify_refreshed(token, algorithm).await,
            other => other.map_err(refused),
        }
    }

    /// Verifies a token whose key was unknown, with keys that are fetched again if the pause allows. If the last fetch
    /// failed, nobody knows whether the key exists.
    async fn verify_refreshed(self: &Arc<Self>, token: &Compact<'_>, algorithm: Algorithm) -> Result<(), Reason> {
        self.refresh().await;
        let state = self.state();
        match token.verify(algorithm, &*self.usable(&state)?) {
            Err(BadSignature::UnknownKey) if state.has_failed() => Err(self.unavailable(&state)),
            other => other.map_err(refused),
        }
    }

    async fn keys(self: &Arc<Self>) -> Result<Arc<KeySet>, Reason> {
        if let Some(fresh) = self.state().keys_younger_than(FRESH_MS, self.clock.now()) {
            return Ok(fresh.clone());
        }
        self.refresh().await;
        self.usable(&self.state())
    }

    fn usable(&self, state: &State) -> Result<Arc<KeySet>, Reason> {
        let usable = state.keys_younger_than(USABLE_MS, self.clock.now());
        usable.cloned().ok_or_else(|| self.unavailable(state))
    }

    fn unavailable(&self, state: &State) -> Reason {
        let retry_after = Duration::from_secs(state.pause(self.clock.now()).as_secs() + 1);
        Reason::Unavailable { service: oidc::SERVICE, retry_after }
    }

    /// Fetches the keys unless the pause forbids it. The fetch is a task of its own: a caller who hangs up does not stop it
    /// for those who wait, nor can callers cause more fetches by hanging up.
    async fn refresh(self: &Arc<Self>) {
        if self.state().pause(self.clock.now()).is_zero() {
            let own = self.clone();
            let _ = tokio::spawn(async move { own.fetch().await }).await;
        }
    }

    async fn fetch(&self) {
        let _only_one = self.fetching.lock().await;
        let now = self.clock.now();
        // Another caller may have fetched meanwhile.
        if !self.state().pause(now).is_zero() {
            return;
        }
        let fetched = self.source.fetch(&self.issuer, &self.location).await.and_then(|json| parsed(&json));
        let attempt = Some(Attempt { at: self.clock.now(), failed: fetched.is_err() });
        match fetched {
            Ok(keys) => self.change(|state| *state = State { keys: Some((Arc::new(keys), now)), attempt }),
            Err(error) => {
                tracing::warn!(issuer = self.issuer.as_str(), %error, "The keys of a token issuer could not be fetched");
                self.change(|state| state.attempt = attempt);
            }
        }
    }

    fn state(&self) -> State {
        self.state.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.state.write().unwrap_or_else(PoisonError::into_inner));
    }
}

fn parsed(json: &[u8]) -> Result<KeySet, Unavailable> {
    if json.len() > LARGEST_KEY_SET {
        return Err(Unavailable::new(oidc::SERVICE, "the key set is too large"));
    }
    KeySet::parse(json).map_err(|_| Unavailable::new(oidc::SERVICE, "the key set is malformed"))
}

fn refused(signature: BadSignature) -> Reason {
    Reason::InvalidToken(match signature {
        BadSignature::Malformed => InvalidToken::Form,
        BadSignature::Algorithm => InvalidToken::Algorithm,
        BadSignature::UnknownKey | BadSignature::UnfitKey => InvalidToken::Key,
        BadSignature::Wrong => InvalidToken::Signature,
    })
}

impl Debug for KeyCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyCache").field("issuer", &self.issuer).finish_non_exhaustive()
    }
}
