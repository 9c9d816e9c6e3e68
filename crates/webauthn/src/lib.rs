//! Web Authentication Level 3 (W3C) for a relying party: verifies the response of a registration (section 7.1) and of an
//! assertion (section 7.2).
//!
//! The caller chooses the challenge. Countersign takes the SHA-256 digest of a question as challenge, so that an
//! assertion is a signature over exactly that question, and nobody needs our word for it: [`SignedAssertion`] holds
//! everything that its verification needs. User verification is always required. No attestation is requested, so an
//! attestation statement, if there is one, is skipped and proves nothing.
//!
//! The crate does not know who owns a credential, nor does it store one.

mod assertion;
mod authenticator_data;
mod bytes;
mod cbor;
mod client_data;
mod error;
#[cfg(feature = "fakes")]
pub mod fakes;
mod key;
mod registration;

pub use assertion::{Assertion, SignedAssertion, Verified, counter_advances};
pub use authenticator_data::Backup;
pub use bytes::{Bytes, TooLong};
pub use error::Invalid;
pub use key::{ALGORITHMS, CredentialKey};
pub use registration::{Registered, Registration};

use serde::{Deserialize, Serialize};

/// The relying party that a response must be made for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RelyingParty {
    /// The RP ID: the host of the origin, without scheme and port.
    pub id: String,
    /// The origin of the page that calls the authenticator, as browsers write it: `https://help.example`.
    pub origin: String,
}

/// Returns the challenge that a SHA-256 digest in lower-case hexadecimal stands for: its 32 bytes. `None` if the text is
/// no such digest.
#[must_use]
pub fn challenge(digest: &str) -> Option<[u8; 32]> {
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    let digits = digest.as_bytes();
    if digits.len() != 64 {
        return None;
    }
    let mut challenge = [0; 32];
    for (byte, pair) in challenge.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = digit(pair[0])? << 4 | digit(pair[1])?;
    }
    Some(challenge)
}
