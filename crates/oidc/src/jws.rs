//! A signed token in compact serialization (RFC 7515 section 3.1), verified with the provider's keys. The header names
//! a key and an algorithm; both are looked up in fixed lists, and no URL in a header is ever fetched.

use crate::discovery::{Discovery, Metadata};
use agent::ports::Unavailable;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use openidconnect::core::{CoreJsonWebKey, CoreJwsSigningAlgorithm};
use openidconnect::{JsonWebKey, JsonWebKeyId};
use serde::Deserialize;

/// The accepted algorithms, all asymmetric.
const ALGORITHMS: [CoreJwsSigningAlgorithm; 3] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
];

#[derive(Deserialize)]
struct Header {
    alg: CoreJwsSigningAlgorithm,
    kid: Option<String>,
    typ: Option<String>,
    crit: Option<Vec<String>>,
}

/// The signature was not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadSignature {
    /// The token is not three parts of canonical base64url, or its header is malformed.
    #[error("malformed")]
    Malformed,
    /// The algorithm is not accepted, or the header has a critical extension.
    #[error("algorithm not allowed")]
    Algorithm,
    /// The provider publishes no such key.
    #[error("unknown key")]
    UnknownKey,
    /// The signature does not match.
    #[error("wrong signature")]
    Wrong,
}

/// The payload of a token whose signature is valid, with its `typ`.
#[derive(Debug)]
pub struct Verified {
    /// The payload.
    pub payload: Vec<u8>,
    /// The type that the header names.
    pub typ: Option<String>,
}

fn verified(token: &str, metadata: &Metadata) -> Result<Verified, BadSignature> {
    let (message, signature) = token.rsplit_once('.').ok_or(BadSignature::Malformed)?;
    let (header, payload) = message.split_once('.').ok_or(BadSignature::Malformed)?;
    let header: Header = serde_json::from_slice(&decode(header)?).map_err(|_| BadSignature::Malformed)?;
    if header.crit.is_some() || !ALGORITHMS.contains(&header.alg) {
        return Err(BadSignature::Algorithm);
    }
    let key = key(metadata, header.kid).ok_or(BadSignature::UnknownKey)?;
    key.verify_signature(&header.alg, message.as_bytes(), &decode(signature)?).map_err(|_| BadSignature::Wrong)?;
    Ok(Verified { payload: decode(payload)?, typ: header.typ })
}

/// Verifies `token` with the provider's keys. They are fetched again if the token names an unknown key, or the
/// signature does not match.
///
/// # Errors
/// See [`Unverified`].
pub async fn verify(discovery: &Discovery, token: &str) -> Result<Verified, Unverified> {
    match verified(token, &*discovery.metadata().await?) {
        Err(BadSignature::UnknownKey | BadSignature::Wrong) => Ok(verified(token, &*discovery.refetched().await?)?),
        other => Ok(other?),
    }
}

/// The token could not be verified.
#[derive(Debug, thiserror::Error)]
pub enum Unverified {
    /// The signature was not accepted.
    #[error(transparent)]
    Signature(#[from] BadSignature),
    /// The keys could not be fetched.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// Returns the key with this id. A header may omit it if the provider publishes a single key (OpenID Connect Core
/// section 10.1).
fn key(metadata: &Metadata, kid: Option<String>) -> Option<&CoreJsonWebKey> {
    let keys = metadata.jwks().keys();
    match (kid.map(JsonWebKeyId::new), keys.as_slice()) {
        (None, [only]) => Some(only),
        (None, _) => None,
        (kid, keys) => keys.iter().find(|key| key.key_id() == kid.as_ref()),
    }
}

fn decode(part: &str) -> Result<Vec<u8>, BadSignature> {
    URL_SAFE_NO_PAD.decode(part).map_err(|_| BadSignature::Malformed)
}
