//! Recognizable secrets: every token that the sandbox issues contains [`MARK`], so a text search finds a leaked one.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

/// Marker contained in every opaque secret of the sandbox. JWTs carry it in the claim `canary`.
pub const MARK: &str = "CANARYcountersign";

/// Returns an unguessable opaque secret: `<kind>_CANARYcountersign_<43 characters of base64url>`.
#[must_use]
pub fn secret(kind: &str) -> String {
    format!("{kind}_{MARK}_{}", random(32))
}

/// Returns `bytes` random bytes from the operating system, encoded as unpadded base64url.
///
/// # Panics
/// Panics if the operating system provides no randomness, because no secret would be unguessable then.
#[must_use]
pub fn random(bytes: usize) -> String {
    let mut buffer = vec![0_u8; bytes];
    #[expect(clippy::expect_used, reason = "a secret needs randomness")]
    getrandom::fill(&mut buffer).expect("the operating system gives random bytes");
    URL_SAFE_NO_PAD.encode(buffer)
}
