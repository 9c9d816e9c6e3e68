//! A keyring that follows its source, because keys are rotated while servers run.

use crate::SERVICE;
use crate::keyring::Keyring;
use crate::sealed::Sealed;
use agent::ports::Unavailable;
use async_trait::async_trait;
use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};
use tokio::sync::Mutex;

/// Interval between two fetches by [`LiveKeyring::keep_fresh`]. After it every server knows a key that was added to
/// the secret.
const REFRESH: Duration = Duration::from_secs(300);

/// Minimum time between two fetches caused by unknown keys. A record with an invented key id must not trigger a fetch
/// on every read.
const RETRY_PAUSE: Duration = Duration::from_secs(10);

/// The source of a keyring. Its `Debug` form is logged, so it must not contain a secret.
#[async_trait]
pub trait KeyringSource: fmt::Debug + Send + Sync {
    /// Fetches the current keyring.
    ///
    /// # Errors
    /// [`Unavailable`] with the cause, also if the secret is not a keyring.
    async fn fetch(&self) -> Result<Keyring, Unavailable>;
}

/// A keyring that is fetched again if a value names a key that it does not have.
pub struct LiveKeyring {
    source: Box<dyn KeyringSource>,
    pub(crate) ring: RwLock<Arc<Keyring>>,
    /// The last fetch that an unknown key caused.
    fetched: Mutex<Option<Fetched>>,
}

/// The time and result of a fetch.
struct Fetched {
    at: Instant,
    failure: Option<Unavailable>,
}

impl LiveKeyring {
    /// Fetches the keyring and keeps the source for later fetches.
    ///
    /// # Errors
    /// As [`KeyringSource::fetch`].
    pub async fn fetch(source: impl KeyringSource + 'static) -> Result<Self, Unavailable> {
        let ring = source.fetch().await?;
        Ok(Self::with_source(source, ring))
    }

    pub(crate) fn with_source(source: impl KeyringSource + 'static, ring: Keyring) -> Self {
        Self { source: Box::new(source), ring: RwLock::new(Arc::new(ring)), fetched: Mutex::default() }
    }

    /// Fetches the keyring every five minutes until the last handle is dropped, so that a new key is known before
    /// another server encrypts with it. A failed fetch leaves the keyring as it is.
    pub fn keep_fresh(self: &Arc<Self>) {
        let keyring = Arc::downgrade(self);
        tokio::spawn(async move {
            loop {
                tokio::time::sleep(REFRESH).await;
                let Some(keyring) = keyring.upgrade() else { return };
                if let Err(error) = keyring.newest().await {
                    tracing::warn!(error = %error, source = ?keyring.source, "the keyring could not be refreshed");
                }
            }
        });
    }

    /// Decrypts a value that was sealed for `place`; `None` if it was tampered with, moved, forged, or sealed with a
    /// key that is no longer in the keyring.
    ///
    /// # Errors
    /// [`Unavailable`] if the value names an unknown key and the keyring cannot be fetched.
    pub async fn open(&self, place: &str, sealed: &Sealed) -> Result<Option<Vec<u8>>, Unavailable> {
        Ok(self.with(&sealed.key).await?.open(place, sealed).ok())
    }

    /// Encrypts a value with the current key and binds it to `place`.
    ///
    /// # Errors
    /// [`Unavailable`] if the operating system provides no random bytes.
    pub fn seal(&self, place: &str, plain: &[u8]) -> Result<Sealed, Unavailable> {
        self.now().seal(place, plain).map_err(|error| Unavailable::new(SERVICE, error.to_string()))
    }

    /// Returns the keyring of the last successful fetch.
    #[must_use]
    pub fn now(&self) -> Arc<Keyring> {
        self.ring.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Returns a keyring that has the key `id` if the source has it. Fetches the keyring if the key is unknown, at
    /// most every ten seconds.
    ///
    /// # Errors
    /// [`Unavailable`] if the key is unknown and the last fetch failed.
    pub async fn with(&self, id: &str) -> Result<Arc<Keyring>, Unavailable> {
        if !self.has(id) {
            let mut fetched = self.fetched.lock().await;
            let late = fetched.as_ref().is_none_or(|last| last.at.elapsed() > RETRY_PAUSE);
            if late && !self.has(id) {
                let newest = self.newest().await;
                *fetched = Some(Fetched { at: Instant::now(), failure: newest.as_ref().err().cloned() });
                return newest;
            }
            // After a failed fetch it is unknown whether the key exists.
            if let (Some(Fetched { failure: Some(error), .. }), false) = (&*fetched, self.has(id)) {
                return Err(error.clone());
            }
        }
        Ok(self.now())
    }

    /// Fetches and returns the keyring. Values that are stored for long are encrypted with this one, so that no key
    /// is used that is about to be removed.
    ///
    /// # Errors
    /// As [`KeyringSource::fetch`].
    pub async fn newest(&self) -> Result<Arc<Keyring>, Unavailable> {
        let ring = Arc::new(self.source.fetch().await?);
        *self.ring.write().unwrap_or_else(PoisonError::into_inner) = ring.clone();
        Ok(ring)
    }

    fn has(&self, id: &str) -> bool {
        self.now().key(id).is_some()
    }
}

impl fmt::Debug for LiveKeyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LiveKeyring").field("source", &self.source).finish_non_exhaustive()
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test")]
mod tests {
    use super::*;
    use crate::fakes::ring;
    use std::sync::atomic::{AtomicU32, Ordering};

    /// A source that adds the key `k2` in the second fetch and fails from the third on.
    #[derive(Debug, Clone, Default)]
    struct Rotated(Arc<AtomicU32>);

    #[async_trait]
    impl KeyringSource for Rotated {
        async fn fetch(&self) -> Result<Keyring, Unavailable> {
            match self.0.fetch_add(1, Ordering::Relaxed) {
                0 => Ok(ring("k1", &["k1"])),
                1 => Ok(ring("k2", &["k1", "k2"])),
                _ => Err(Unavailable::new("the source", "down")),
            }
        }
    }

    #[tokio::test]
    async fn an_unknown_key_is_fetched_once_and_not_repeatedly() {
        let source = Rotated::default();
        let keyring = LiveKeyring::fetch(source.clone()).await.unwrap();
        let sealed = ring("k2", &["k2"]).seal("a", b"token").unwrap();
        assert_eq!(keyring.open("a", &sealed).await.unwrap().unwrap(), b"token");
        let gone = Sealed { key: "k3".to_owned(), ..sealed.clone() };
        for _ in 0..5 {
            assert_eq!(keyring.open("a", &gone).await.unwrap(), None);
        }
        assert_eq!(source.0.load(Ordering::Relaxed), 2);
        assert!(keyring.newest().await.is_err());
        assert_eq!(keyring.now().current(), "k2", "a failed fetch changes nothing");
    }

    #[tokio::test]
    async fn a_failed_fetch_of_a_key_is_an_error() {
        let keyring = LiveKeyring::of(ring("k1", &["k1"]));
        let sealed = ring("k2", &["k2"]).seal("a", b"token").unwrap();
        for look in ["first", "second"] {
            assert!(keyring.open("a", &sealed).await.is_err(), "{look}");
        }
    }
}
