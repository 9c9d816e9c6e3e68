//! The encryption keys. The server does not start without them, because nothing falls back to plain text.

use base64::{Engine, engine::general_purpose::STANDARD};
use chacha20poly1305::Key;
use secrecy::zeroize::Zeroizing;
use serde::Deserialize;
use std::collections::HashMap;
use std::fmt;

/// Keys by id. The current one encrypts new values; older ones must stay until all values that they encrypted have
/// expired.
#[derive(Clone)]
pub struct Keyring {
    pub(crate) current: String,
    pub(crate) keys: HashMap<String, Key>,
}

/// The reason for which a text is not a keyring. It never contains key material.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadKeyring {
    /// The text is not JSON of this shape.
    #[error("the secret must be JSON: {{\"current\": \"<id>\", \"keys\": {{\"<id>\": \"<base64 of 32 bytes>\"}}}}")]
    Shape,
    /// A key is not base64 of 32 bytes.
    #[error("the key `{0}` is not 32 bytes of base64")]
    Key(String),
    /// All bytes of a key are equal, so it is a placeholder.
    #[error("the key `{0}` is a placeholder")]
    Placeholder(String),
    /// The current key is not among the keys.
    #[error("the current key `{0}` is not among the keys")]
    NoCurrent(String),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    current: String,
    keys: HashMap<String, String>,
}

impl Keyring {
    /// Parses the text of the secret: `{"current": "<id>", "keys": {"<id>": "<base64 of 32 bytes>"}}`.
    ///
    /// # Errors
    /// See [`BadKeyring`].
    pub fn parse(text: &str) -> Result<Self, BadKeyring> {
        let stored: Stored = serde_json::from_str(text).map_err(|_| BadKeyring::Shape)?;
        let mut keys = HashMap::new();
        for (id, encoded) in stored.keys {
            let bytes = Zeroizing::new(STANDARD.decode(encoded).map_err(|_| BadKeyring::Key(id.clone()))?);
            let key: [u8; 32] = bytes.as_slice().try_into().map_err(|_| BadKeyring::Key(id.clone()))?;
            if key.iter().all(|byte| *byte == key[0]) {
                return Err(BadKeyring::Placeholder(id));
            }
            keys.insert(id, Key::from(key));
        }
        if !keys.contains_key(&stored.current) {
            return Err(BadKeyring::NoCurrent(stored.current));
        }
        Ok(Self { current: stored.current, keys })
    }

    /// Returns the id of the key that encrypts new values.
    #[must_use]
    pub fn current(&self) -> &str {
        &self.current
    }

    /// Returns the secret bytes of each key with its id, to derive signing keys from.
    pub fn expose_keys(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.keys.iter().map(|(id, key)| (id.as_str(), key.as_slice()))
    }

    /// Returns the key `id`.
    pub(crate) fn key(&self, id: &str) -> Option<&Key> {
        self.keys.get(id)
    }
}

impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keyring").field("current", &self.current).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_complete_keyring_of_real_keys_is_accepted() {
        let key = STANDARD.encode((0..32).collect::<Vec<u8>>());
        let placeholder = STANDARD.encode([0_u8; 32]);
        let row = |current: &str, key: &str| format!(r#"{{"current":"{current}","keys":{{"k1":"{key}"}}}}"#);
        assert!(Keyring::parse(&row("k1", &key)).is_ok());
        for (text, expected) in [
            (String::new(), BadKeyring::Shape),
            ("hunter2".to_owned(), BadKeyring::Shape),
            (row("k2", &key), BadKeyring::NoCurrent("k2".into())),
            (row("k1", "AAAA"), BadKeyring::Key("k1".into())),
            (row("k1", "not base64!"), BadKeyring::Key("k1".into())),
            (row("k1", &placeholder), BadKeyring::Placeholder("k1".into())),
        ] {
            assert_eq!(Keyring::parse(&text).err(), Some(expected), "{text}");
        }
    }
}
