//! Encrypted values. The place of a value is authenticated with it (associated data of the AEAD), so a value that is
//! moved to another place cannot be decrypted.

use crate::keyring::Keyring;
use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{Key, KeyInit, XChaCha20Poly1305, XNonce};

/// An encrypted value and the id of its key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed {
    /// Id of the key.
    pub key: String,
    /// Nonce of 24 bytes, followed by the ciphertext.
    pub bytes: Vec<u8>,
}

/// The reason for which a value cannot be encrypted or decrypted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// The key is not in the keyring.
    #[error("the record is sealed with the key `{0}`, which the keyring does not have")]
    NoKey(String),
    /// The value was sealed for another place or with another key, or was changed.
    #[error("the record cannot be decrypted")]
    Closed,
    /// The operating system provides no random bytes.
    #[error("the operating system provides no random bytes for a nonce")]
    NoRandomness,
}

/// Length of a nonce, in bytes.
const NONCE: usize = 24;

impl Keyring {
    /// Encrypts `plain` with the current key and binds it to `place`.
    ///
    /// # Errors
    /// [`SealError::NoRandomness`] if the operating system provides no random bytes.
    pub fn seal(&self, place: &str, plain: &[u8]) -> Result<Sealed, SealError> {
        let bytes = seal(self.of(self.current())?, place, plain)?;
        Ok(Sealed { key: self.current().to_owned(), bytes })
    }

    /// Decrypts a value that was sealed for this place, with whichever key of the keyring it names.
    ///
    /// # Errors
    /// See [`SealError`].
    pub fn open(&self, place: &str, sealed: &Sealed) -> Result<Vec<u8>, SealError> {
        open(self.of(&sealed.key)?, place, &sealed.bytes)
    }

    fn of(&self, id: &str) -> Result<&Key, SealError> {
        self.key(id).ok_or_else(|| SealError::NoKey(id.to_owned()))
    }
}

pub(crate) fn seal(key: &Key, place: &str, plain: &[u8]) -> Result<Vec<u8>, SealError> {
    let mut nonce = [0; NONCE];
    getrandom::fill(&mut nonce).map_err(|_| SealError::NoRandomness)?;
    let payload = Payload { msg: plain, aad: place.as_bytes() };
    let cipher = XChaCha20Poly1305::new(key);
    let sealed = cipher.encrypt(&XNonce::from(nonce), payload).map_err(|_| SealError::Closed)?;
    Ok([&nonce[..], &sealed].concat())
}

pub(crate) fn open(key: &Key, place: &str, bytes: &[u8]) -> Result<Vec<u8>, SealError> {
    let (nonce, sealed) = bytes.split_first_chunk::<NONCE>().ok_or(SealError::Closed)?;
    let payload = Payload { msg: sealed, aad: place.as_bytes() };
    XChaCha20Poly1305::new(key).decrypt(&XNonce::from(*nonce), payload).map_err(|_| SealError::Closed)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test")]
mod tests {
    use super::*;
    use crate::fakes::ring;

    #[test]
    fn a_sealed_value_opens_only_in_its_place() {
        let (old, new) = (ring("k1", &["k1", "k2"]), ring("k2", &["k1", "k2"]));
        let sealed = old.seal("session-1", b"token").unwrap();
        assert_eq!(old.open("session-1", &sealed).unwrap(), b"token");
        assert_eq!(new.open("session-1", &sealed).unwrap(), b"token", "an older key still opens");
        assert!(old.open("session-2", &sealed).is_err(), "moved to another record");
        for place in 0..sealed.bytes.len() {
            let mut changed = sealed.clone();
            changed.bytes[place] ^= 1;
            assert!(old.open("session-1", &changed).is_err(), "byte {place} changed");
        }
        for (key, bytes, expected) in [
            ("k1", b"plain text".to_vec(), SealError::Closed),
            ("k2", sealed.bytes.clone(), SealError::Closed),
            ("k3", sealed.bytes, SealError::NoKey("k3".into())),
        ] {
            assert_eq!(old.open("session-1", &Sealed { key: key.into(), bytes }), Err(expected));
        }
    }
}
