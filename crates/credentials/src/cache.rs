//! The one cache of access tokens. One caller at a time fetches for a key; those who wait take what it got, or its failure.
//! Work that was begun goes on when its caller is gone, and is waited for when the server stops: a provider that rotates
//! refresh tokens forgives neither a second use nor a loss.
//!
//! The map is our own: the bound of `moka` evicts any entry, and one that is in use, or holds the only copy of a rotated
//! refresh token, must stay.

mod slot;
#[cfg(test)]
mod tests;

pub(crate) use slot::{Fresh, Locked};

use agent::Actor;
use agent::ports::{AccessToken, CredentialError, RejectionHandler, Unavailable};
use async_trait::async_trait;
use secrecy::SecretString;
use slot::Slot;
use std::collections::HashMap;
use std::convert::Infallible;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio_util::task::TaskTracker;
use tracing::Instrument;

/// The most keys that are held at once.
const CAPACITY: usize = 10_000;

/// The owner of cached tokens. Requests with the same key wait for one another.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) enum Key {
    /// The application itself.
    Application,
    /// A person at the identity provider, for whatever audience.
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

/// The time for which tokens are cached.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Lifetime {
    /// The time before its end from which a token is no longer handed out: it must outlive the call.
    pub(crate) margin: Duration,
    /// The longest time in the cache: what a person revokes elsewhere must stop working soon.
    pub(crate) longest: Duration,
    /// A token is dropped up to this much earlier, at random, so that the tokens of many people do not end at once.
    pub(crate) jitter: Duration,
}

impl Lifetime {
    /// The time in the cache of a token that works for `expires_in`. Zero for one that is not cached.
    fn of(self, expires_in: Duration) -> Duration {
        let most = u64::try_from(self.jitter.as_millis()).unwrap_or(u64::MAX).saturating_add(1);
        let early = Duration::from_millis(random() % most);
        expires_in.saturating_sub(self.margin).min(self.longest).saturating_sub(early)
    }
}

/// A number for jitter, not for secrets.
pub(crate) fn random() -> u64 {
    RandomState::new().hash_one(Instant::now())
}

/// Tokens by their key, with what else a source must remember: `R` is a rotation that no store has taken yet. Clones share
/// everything.
pub(crate) struct Cache<R>(Arc<Shared<R>>);

struct Shared<R> {
    slots: Mutex<HashMap<Key, SharedSlot<R>>>,
    lifetime: Lifetime,
    capacity: usize,
    tasks: TaskTracker,
}

type SharedSlot<R> = Arc<tokio::sync::Mutex<Slot<R>>>;

impl<R: Send + 'static> Cache<R> {
    pub(crate) fn new(lifetime: Lifetime) -> Self {
        Self::bounded(lifetime, CAPACITY)
    }

    fn bounded(lifetime: Lifetime, capacity: usize) -> Self {
        Self(Arc::new(Shared { slots: Mutex::default(), lifetime, capacity, tasks: TaskTracker::new() }))
    }

    /// Runs `work` alone with what is held for `key`. It goes on when the caller is gone.
    ///
    /// # Errors
    /// Those of `work`; [`CredentialError::Unavailable`] when too many keys are in use, and after [`Cache::settle`].
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

    /// The token of `provider` that `work` finds or fetches. A service that rejects it drops it from the cache.
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

    /// What is held for `key`, unless somebody works with it.
    pub(crate) fn idle(&self, key: Key) -> Option<Locked<R>> {
        let slot = self.slot(key).ok()?.try_lock_owned().ok()?;
        Some(Locked::new(slot, Instant::now(), self.0.lifetime))
    }

    /// Waits until all work that was begun is done; afterwards none begins.
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
        // Taken before the look: `settle` either waits for this work or is seen by it.
        let running = self.0.tasks.token();
        if self.0.tasks.is_closed() {
            return Err(failed("this server stops").into());
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
    /// Forgets all that is held for `key`. Nothing is lost: there are no rotations here.
    pub(crate) fn forget(&self, key: &Key) {
        self.slots().remove(key);
    }
}

/// Decides whether a slot survives the bound: it is in use, or holds what is nowhere else.
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

/// Drops a token that a service rejected.
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
