//! Binary values in JSON: base64url without padding, as WebAuthn writes them.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::fmt;

/// Largest value, in bytes. An RSA key of 8192 bits and a credential id of 1023 bytes fit.
const LARGEST_VALUE: usize = 4 * 1024;

/// A binary value of at most 4 KiB.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Bytes(Vec<u8>);

/// The value has more than 4 KiB.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("more than {LARGEST_VALUE} bytes")]
pub struct TooLong;

impl Bytes {
    /// The value's bytes.
    #[must_use]
    pub fn as_slice(&self) -> &[u8] {
        &self.0
    }

    /// The value in base64url without padding.
    #[must_use]
    pub fn encoded(&self) -> String {
        URL_SAFE_NO_PAD.encode(&self.0)
    }
}

impl TryFrom<Vec<u8>> for Bytes {
    type Error = TooLong;

    fn try_from(bytes: Vec<u8>) -> Result<Self, TooLong> {
        if bytes.len() <= LARGEST_VALUE { Ok(Self(bytes)) } else { Err(TooLong) }
    }
}

impl fmt::Debug for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.encoded())
    }
}

impl Serialize for Bytes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.encoded())
    }
}

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(de::Error::custom)?;
        Self::try_from(bytes).map_err(de::Error::custom)
    }
}

/// Returns the base64url form of a challenge, as client data holds it.
pub(crate) fn encoded(challenge: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(challenge)
}
