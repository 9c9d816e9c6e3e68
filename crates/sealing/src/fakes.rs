//! Keys that are no secret, and keyrings without a source, for tests.

use crate::keyring::Keyring;
use crate::live::{KeyringSource, LiveKeyring};
use agent::ports::Unavailable;
use async_trait::async_trait;
use chacha20poly1305::Key;
use std::sync::{Arc, PoisonError};

/// A keyring of these keys. Each is made of its id, which differs from the others in its last byte.
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
    /// A keyring of which no fetch succeeds.
    #[must_use]
    pub fn of(ring: Keyring) -> Self {
        Self::with_source(NoSource, ring)
    }

    /// Puts another keyring in the place of this one, as a fetch does.
    pub fn put(&self, ring: Keyring) {
        *self.ring.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(ring);
    }
}
