//! Single-flight cache of access tokens, used by every source. One caller at a time fetches for a key; the others wait
//! and share its token or its error. A fetch continues when its caller is cancelled, and shutdown waits for it: with a
//! provider that rotates refresh tokens, using one twice or losing its replacement invalidates the grant.
//!
//! The map is hand-written because the size limit of `moka` may evict any entry, and an entry must stay that is in use
//! or holds the only copy of a rotated refresh token.

mod slot;
#[cfg(test)]
mod tests;

pub(crate) use slot::{Fresh, Locked};

use agent::Actor;
use agent::ports::{AccessToken, CredentialError, RejectionHandler, Unavailable};
use async_trait::async_trait;
use secrecy::SecretString;
use slot::CacheEntry;
use std::collections::HashMap;
use std::convert::Infallible;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio_util::task::TaskTracker;
use tracing::Instrument;

/// Maximum number of keys in the cache.
const CAPACITY: usize = 10_000;

/// The owner of cached tokens. Requests with the same key are serialized.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) enum Key {
    /// The application itself.
    Application,
    /// A person at the identity provider, for every audience.
    Person([String; 3]),
    /// A person's account at a third party.
    Account([String; 3], String),
}

impl Key {
    pub(crate) fn person(actor: &Actor) -> Self {
        Self::Person(identity(actor))
    }

    pub(crate) fn account(actor: &Actor, provider: &str) -> Self {
        Self::Account(identity(actor), provider.to_owned())
    }
}

fn identity(actor: &Actor) -> [String; 3] {
    [actor.tenant(), actor.issuer(), actor.subject()].map(str::to_owned)
}

/// Limits on how long tokens are cached.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Lifetime {
    /// Time before expiry at which a token is no longer handed out, since it must outlive the call.
    pub(crate) margin: Duration,
    /// Longest time in the cache, so that an account revoked elsewhere soon stops working.
    pub(crate) longest: Duration,
    /// Maximum random reduction of the time in the cache, so that the tokens of many people do not expire at once.
    pub(crate) jitter: Duration,
}

impl Lifetime {
    /// Returns the time in the cache for a token that expires after `expires_in`; zero if it must not be cached.
    fn of(self, expires_in: Duration) -> Duration {
        let most = u64::try_from(self.jitter.as_millis()).unwrap_or(u64::MAX).saturating_add(1);
        let early = Duration::from_millis(random() % most);
        expires_in.saturating_sub(self.margin).min(self.longest).saturating_sub(early)
    }
}

/// Returns a random number for jitter; not suitable for secrets.
pub(crate) fn random() -> u64 {
    RandomState::new().hash_one(Instant::now())
}

/// Access tokens by key. `R` is a source's pending rotation: a replaced refresh token that the store has not accepted
/// yet. Clones share the cache.
pub(crate) struct Cache<R>(Arc<Shared<R>>);

struct Shared<R> {
    slots: Mutex<HashMap<Key, SharedSlot<R>>>,
    lifetime: Lifetime,
    capacity: usize,
    tasks: TaskTracker,
}

type SharedSlot<R> = Arc<tokio::sync::Mutex<CacheEntry<R>>>;

impl<R: Send + 'static> Cache<R> {
    pub(crate) fn new(lifetime: Lifetime) -> Self {
        Self::bounded(lifetime, CAPACITY)
    }

    fn bounded(lifetime: Lifetime, capacity: usize) -> Self {
        Self(Arc::new(Shared { slots: Mutex::default(), lifetime, capacity, tasks: TaskTracker::new() }))
    }

    /// Runs `work` with exclusive access to the slot of `key`. The work continues when the caller is cancelled.
    ///
    /// # Errors
    /// The errors of `work`; [`CredentialError::Unavailable`] when too many keys are in use, or after
    /// [`Cache::settle`].
    pub(crate) async fn exclusive<T, F>(
        &self,
        key: Key,
        work: impl FnOnce(Locked<R>) -> F,
    ) -> Result<T, CredentialError>
    where
        F: Future<Output = Result<T, CredentialError>> + Send + 'static,
        T: Send + 'static,
    {
        self.in_slot(self.slot(key)?, work).await
    }

    /// Returns the token of `provider` that `work` finds or fetches. The cache drops the token when a service rejects
    /// it.
    ///
    /// # Errors
    /// As [`Cache::exclusive`].
    pub(crate) async fn access_token<F>(
        &self,
        key: Key,
        provider: &str,
        work: impl FnOnce(Locked<R>) -> F,
    ) -> Result<AccessToken, CredentialError>
    where
        F: Future<Output = Result<SecretString, CredentialError>> + Send + 'static,
    {
        let slot = self.slot(key)?;
        let token = self.in_slot(slot.clone(), work).await?;
        let lent = Lent { slot, provider: provider.to_owned(), token: token.clone() };
        Ok(AccessToken::with_handler(token, Arc::new(lent)))
    }

    /// Locks the slot of `key`, unless it is in use.
    pub(crate) fn idle(&self, key: Key) -> Option<Locked<R>> {
        let slot = self.slot(key).ok()?.try_lock_owned().ok()?;
        Some(Locked::new(slot, Instant::now(), self.0.lifetime))
    }

    /// Waits until all running work has finished, and rejects new work from then on.
    pub(crate) async fn settle(&self) {
        self.0.tasks.close();
        self.0.tasks.wait().await;
    }

    async fn in_slot<T, F>(&self, slot: SharedSlot<R>, work: impl FnOnce(Locked<R>) -> F) -> Result<T, CredentialError>
    where
        F: Future<Output = Result<T, CredentialError>> + Send + 'static,
        T: Send + 'static,
    {
        let asked = Instant::now();
        let locked = Locked::new(slot.lock_owned().await, asked, self.0.lifetime);
        // Take the task token before the check: `settle` either waits for this work, or the check below sees it.
        let running = self.0.tasks.token();
        if self.0.tasks.is_closed() {
            return Err(failed("this server is shutting down").into());
        }
        let work = work(locked);
        let task = async move {
            let done = work.await;
            drop(running);
            done
        };
        tokio::spawn(task.in_current_span()).await.unwrap_or_else(|error| Err(failed(&error.to_string()).into()))
    }

    fn slot(&self, key: Key) -> Result<SharedSlot<R>, Unavailable> {
        let mut slots = self.slots();
        if slots.len() >= self.0.capacity && !slots.contains_key(&key) {
            slots.retain(|_, slot| is_needed(slot));
            if slots.len() >= self.0.capacity {
                return Err(failed("too many tokens are in use at once"));
            }
        }
        Ok(slots.entry(key).or_default().clone())
    }

    fn slots(&self) -> MutexGuard<'_, HashMap<Key, SharedSlot<R>>> {
        self.0.slots.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Cache<Infallible> {
    /// Removes the slot of `key`. This loses no data: a cache of `Infallible` has no pending rotations.
    pub(crate) fn forget(&self, key: &Key) {
        self.slots().remove(key);
    }
}

/// Tells whether a slot must stay in a full cache: it is in use, or holds a pending rotation.
fn is_needed<R>(slot: &SharedSlot<R>) -> bool {
    Arc::strong_count(slot) > 1 || slot.try_lock().is_ok_and(|slot| slot.unkept.is_some())
}

fn failed(cause: &str) -> Unavailable {
    Unavailable::new(crate::SERVICE, cause)
}

impl<R> Clone for Cache<R> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<R> std::fmt::Debug for Cache<R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Cache").field("lifetime", &self.0.lifetime).finish_non_exhaustive()
    }
}

/// Removes a rejected token from the cache.
struct Lent<R> {
    slot: SharedSlot<R>,
    provider: String,
    token: SecretString,
}

#[async_trait]
impl<R: Send + 'static> RejectionHandler for Lent<R> {
    async fn refused(&self) {
        self.slot.lock().await.refuse(&self.provider, &self.token);
    }
}
