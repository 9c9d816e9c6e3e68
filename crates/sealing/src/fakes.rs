//! Keys that are not secret, and keyrings without a source, for tests.

use crate::keyring::Keyring;
use crate::live::{KeyringSource, LiveKeyring};
use agent::ports::Unavailable;
use async_trait::async_trait;
use chacha20poly1305::Key;
use std::sync::{Arc, PoisonError};

/// Returns a keyring with these keys. The last byte of an id determines its key, so it must differ between the ids.
#[must_use]
pub fn ring(current: &str, ids: &[&str]) -> Keyring {
    let key = |id: &str| Key::from([id.bytes().last().unwrap_or_default(); 32]);
    Keyring { current: current.to_owned(), keys: ids.iter().map(|id| ((*id).to_owned(), key(id))).collect() }
}

#[derive(Debug)]
struct NoSource;

#[async_trait]
impl KeyringSource for NoSource {
    async fn fetch(&self) -> Result<Keyring, Unavailable> {
        Err(Unavailable::new("the source of keys", "there is none"))
    }
}

impl LiveKeyring {
    /// Returns a keyring whose source always fails.
    #[must_use]
    pub fn of(ring: Keyring) -> Self {
        Self::with_source(NoSource, ring)
    }

    /// Replaces the keyring, as a fetch does.
    pub fn put(&self, ring: Keyring) {
        *self.ring.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(ring);
    }
}
