//! Compact serialization of JSON Web Tokens. Must not depend on keys or interpret claims.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::Value;

/// Returns `header.claims`, the signed part of the token.
pub(crate) fn signing_input(header: &Value, claims: &str) -> String {
    format!("{}.{}", base64url(header.to_string()), base64url(claims))
}

pub(crate) fn base64url(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// A parsed token. Nothing in it has been verified.
pub(crate) struct Unverified<'a> {
    pub(crate) header: Value,
    pub(crate) claims: Value,
    pub(crate) signed: &'a str,
    pub(crate) signature: Vec<u8>,
}

/// Parses a token without verifying it; `None` if it does not have the form of a signed token.
pub(crate) fn take_apart(token: &str) -> Option<Unverified<'_>> {
    let (signed, signature) = token.rsplit_once('.')?;
    let (header, claims) = signed.split_once('.')?;
    let json = |part: &str| serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).ok()?).ok();
    Some(Unverified {
        header: json(header)?,
        claims: json(claims)?,
        signed,
        signature: URL_SAFE_NO_PAD.decode(signature).ok()?,
    })
}
