//! Data keys: one for each owner of encrypted values.

use crate::keyring::Keyring;
use crate::sealed::{self, SealError, Sealed};
use chacha20poly1305::Key;
use secrecy::zeroize::Zeroizing;
use std::fmt;

/// The key of one owner's values. It is stored wrapped: encrypted by a keyring and bound to the owner's place.
pub struct DataKey(Zeroizing<[u8; 32]>);

impl DataKey {
    /// Creates a random key.
    ///
    /// # Errors
    /// [`SealError::NoRandomness`] if the operating system provides no random bytes.
    pub fn random() -> Result<Self, SealError> {
        let mut bytes = Zeroizing::new([0; 32]);
        getrandom::fill(bytes.as_mut_slice()).map_err(|_| SealError::NoRandomness)?;
        Ok(Self(bytes))
    }

    /// Encrypts this key with the current key of the keyring, bound to the owner's place.
    ///
    /// # Errors
    /// As [`Keyring::seal`].
    pub fn wrap(&self, keyring: &Keyring, place: &str) -> Result<Sealed, SealError> {
        keyring.seal(place, self.0.as_slice())
    }

    /// Decrypts a key that was wrapped for this place.
    ///
    /// # Errors
    /// See [`SealError`].
    pub fn unwrapped(keyring: &Keyring, place: &str, wrapped: &Sealed) -> Result<Self, SealError> {
        let plain = Zeroizing::new(keyring.open(place, wrapped)?);
        let key: [u8; 32] = plain.as_slice().try_into().map_err(|_| SealError::Closed)?;
        Ok(Self(Zeroizing::new(key)))
    }

    /// Encrypts one of the owner's values, bound to its place. Returns nonce and ciphertext.
    ///
    /// # Errors
    /// [`SealError::NoRandomness`] if the operating system provides no random bytes.
    pub fn seal(&self, place: &str, plain: &[u8]) -> Result<Vec<u8>, SealError> {
        sealed::seal(&self.key(), place, plain)
    }

    /// Decrypts one of the owner's values.
    ///
    /// # Errors
    /// [`SealError::Closed`] if it was sealed for another place or with another key, or was changed.
    pub fn open(&self, place: &str, bytes: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealError> {
        sealed::open(&self.key(), place, bytes).map(Zeroizing::new)
    }

    fn key(&self) -> Key {
        Key::from(*self.0)
    }
}

impl fmt::Debug for DataKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DataKey")
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test")]
mod tests {
    use super::*;
    use crate::fakes::ring;

    #[test]
    fn values_stay_readable_when_their_key_is_wrapped_again() {
        let (old, new) = (ring("k1", &["k1"]), ring("k2", &["k1", "k2"]));
        let key = DataKey::random().unwrap();
        let (value, wrapped) = (key.seal("okta", b"token").unwrap(), key.wrap(&old, "ada").unwrap());
        let again = DataKey::unwrapped(&new, "ada", &wrapped).unwrap().wrap(&new, "ada").unwrap();
        assert_eq!(again.key, "k2");
        let opened = DataKey::unwrapped(&ring("k2", &["k2"]), "ada", &again).unwrap();
        assert_eq!(opened.open("okta", &value).unwrap().as_slice(), b"token");
        assert_eq!(opened.open("github", &value), Err(SealError::Closed), "moved");
        assert_eq!(DataKey::random().unwrap().open("okta", &value), Err(SealError::Closed), "another owner's key");
        assert_eq!(DataKey::unwrapped(&new, "bob", &wrapped).unwrap_err(), SealError::Closed, "another owner");
        let short = new.seal("ada", &[7; 31]).unwrap();
        assert_eq!(DataKey::unwrapped(&new, "ada", &short).unwrap_err(), SealError::Closed, "no key");
    }
}
