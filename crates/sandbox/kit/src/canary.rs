//! Secrets that can be recognised: every token that the sandbox hands out contains [`MARK`], so a leak is found by searching.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

/// The text that every opaque secret of the sandbox contains. JWTs carry it as the claim `canary`.
pub const MARK: &str = "CANARYcountersign";

/// An unguessable opaque secret: `<kind>_CANARYcountersign_<43 characters of base64url>`.
#[must_use]
pub fn secret(kind: &str) -> String {
    format!("{kind}_{MARK}_{}", random(32))
}

/// `bytes` random bytes from the operating system, as unpadded base64url.
///
/// # Panics
/// When the operating system has no randomness to give: nothing the sandbox hands out would be safe then.
#[must_use]
pub fn random(bytes: usize) -> String {
    let mut buffer = vec![0_u8; bytes];
    #[expect(clippy::expect_used, reason = "without randomness no secret may be made")]
    getrandom::fill(&mut buffer).expect("the operating system gives random bytes");
    URL_SAFE_NO_PAD.encode(buffer)
}
