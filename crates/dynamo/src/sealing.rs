//! XChaCha20-Poly1305 around what must not be read in the table. The record's key is authenticated with it,
//! so a sealed value that is moved to another record does not open. Cookies are sealed the same way, as text.

use crate::item::{Item, s};
use crate::keyring::Keyring;
use agent::ports::Unavailable;
use aws_sdk_dynamodb::types::AttributeValue;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};

/// A sealed value: the id of its key, and nonce and ciphertext in one.
pub(crate) struct Sealed {
    pub(crate) key: String,
    pub(crate) bytes: Vec<u8>,
}

impl Sealed {
    /// The attributes `key` and `sealed` of an item.
    pub(crate) fn of(item: &Item) -> Option<Self> {
        let key = item.get("key")?.as_s().ok()?.clone();
        let bytes = item.get("sealed")?.as_b().ok()?.as_ref().to_vec();
        Some(Self { key, bytes })
    }

    /// The same attributes.
    pub(crate) fn into_item(self) -> Item {
        Item::from([("key".to_owned(), s(self.key)), ("sealed".to_owned(), AttributeValue::B(self.bytes.into()))])
    }
}

/// A value that does not open: another record's, another key's, or changed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SealError {
    #[error("the record is sealed with the key `{0}`, which the keyring does not have")]
    NoKey(String),
    #[error("the record does not open")]
    Closed,
    #[error("no randomness for a nonce")]
    NoRandomness,
}

const NONCE: usize = 24;

impl Keyring {
    pub(crate) fn seal(&self, record: &str, plain: &[u8]) -> Result<Sealed, SealError> {
        let mut nonce = [0; NONCE];
        getrandom::fill(&mut nonce).map_err(|_| SealError::NoRandomness)?;
        let payload = Payload { msg: plain, aad: record.as_bytes() };
        let sealed =
            self.cipher(&self.current)?.encrypt(&XNonce::from(nonce), payload).map_err(|_| SealError::Closed)?;
        Ok(Sealed { key: self.current.clone(), bytes: [&nonce[..], &sealed].concat() })
    }

    pub(crate) fn open(&self, record: &str, sealed: &Sealed) -> Result<Vec<u8>, SealError> {
        let (nonce, bytes) = sealed.bytes.split_first_chunk::<NONCE>().ok_or(SealError::Closed)?;
        let payload = Payload { msg: bytes, aad: record.as_bytes() };
        self.cipher(&sealed.key)?.decrypt(&XNonce::from(*nonce), payload).map_err(|_| SealError::Closed)
    }

    /// Seals `plain` into the value of a cookie, bound to `place`, which the cookie must be found at again.
    ///
    /// # Errors
    /// [`Unavailable`] without randomness.
    pub fn seal_cookie(&self, place: &str, plain: &[u8]) -> Result<String, Unavailable> {
        let sealed = self.seal(&cookie(place), plain);
        let Sealed { key, bytes } = sealed.map_err(|error| Unavailable::new("this server", error.to_string()))?;
        Ok(format!("{}.{}", URL_SAFE_NO_PAD.encode(key), URL_SAFE_NO_PAD.encode(bytes)))
    }

    /// Opens the value of a cookie that was sealed for `place`; `None` if it was changed, moved, planted, or sealed by a key
    /// that is gone. An unknown key is not looked for in Secrets Manager: whoever sends a cookie could make us ask.
    #[must_use]
    pub fn open_cookie(&self, place: &str, value: &str) -> Option<Vec<u8>> {
        let (key, bytes) = value.split_once('.')?;
        let key = String::from_utf8(URL_SAFE_NO_PAD.decode(key).ok()?).ok()?;
        self.open(&cookie(place), &Sealed { key, bytes: URL_SAFE_NO_PAD.decode(bytes).ok()? }).ok()
    }

    fn cipher(&self, id: &str) -> Result<XChaCha20Poly1305, SealError> {
        let key = self.keys.get(id).ok_or_else(|| SealError::NoKey(id.to_owned()))?;
        Ok(XChaCha20Poly1305::new(key))
    }
}

/// The place of a cookie: no record of a table is there.
fn cookie(place: &str) -> String {
    format!("cookie {place}")
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test")]
mod tests {
    use super::*;
    use chacha20poly1305::Key;
    use std::collections::HashMap;

    fn ring(current: &str) -> Keyring {
        let keys = HashMap::from([("old".to_owned(), Key::from([1; 32])), ("new".to_owned(), Key::from([2; 32]))]);
        Keyring { current: current.to_owned(), keys }
    }

    #[test]
    fn a_sealed_value_opens_in_its_place_alone() {
        let sealed = ring("old").seal("session-1", b"token").unwrap();
        assert_eq!(ring("old").open("session-1", &sealed).unwrap(), b"token");
        assert_eq!(ring("new").open("session-1", &sealed).unwrap(), b"token", "an older key still opens");
        assert!(ring("old").open("session-2", &sealed).is_err(), "moved to another record");
        for place in 0..sealed.bytes.len() {
            let mut bytes = sealed.bytes.clone();
            bytes[place] ^= 1;
            assert!(
                ring("old").open("session-1", &Sealed { key: "old".into(), bytes }).is_err(),
                "byte {place} changed"
            );
        }
        assert!(ring("old").open("session-1", &Sealed { key: "old".into(), bytes: b"plain text".to_vec() }).is_err());
        assert!(ring("old").open("session-1", &Sealed { key: "gone".into(), bytes: sealed.bytes }).is_err());
    }

    #[test]
    fn a_sealed_cookie_opens_at_its_place_alone() {
        let value = ring("old").seal_cookie("sign-in a", b"verifier").unwrap();
        assert!(value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte)), "{value}");
        assert_eq!(ring("new").open_cookie("sign-in a", &value).unwrap(), b"verifier", "an older key still opens");
        assert_eq!(ring("old").open_cookie("sign-in b", &value), None, "moved");
        let record = ring("old").seal("sign-in a", b"verifier").unwrap();
        let record = format!("{}.{}", URL_SAFE_NO_PAD.encode("old"), URL_SAFE_NO_PAD.encode(record.bytes));
        assert_eq!(ring("old").open_cookie("sign-in a", &record), None, "a record of the table");
        for planted in ["", ".", "a.b", "b2xk.", &value[1..], &format!("{value}x"), &value.replace('.', "")] {
            assert_eq!(ring("old").open_cookie("sign-in a", planted), None, "{planted}");
        }
    }
}
