//! A signed token in compact serialization (RFC 7515 section 3.1), verified with the provider's keys. The header names
//! a key and an algorithm; both are looked up in fixed lists, and no URL in a header is ever fetched.

mod compact;

pub use compact::{Algorithm, Compact, KeySet};

use crate::discovery::{Discovery, Metadata};
use agent::ports::Unavailable;

/// The algorithms accepted at sign-in, all asymmetric.
const ALGORITHMS: [Algorithm; 3] = [Algorithm::Rs256, Algorithm::Ps256, Algorithm::Es256];

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
    /// The key with this id is of another type, or not for this algorithm or not for signatures.
    #[error("key does not fit the algorithm")]
    UnfitKey,
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
    let token = Compact::parse(token)?;
    let algorithm = token.algorithm().filter(|algorithm| ALGORITHMS.contains(algorithm));
    let Some(algorithm) = algorithm.filter(|_| !token.has_critical_extensions()) else {
        return Err(BadSignature::Algorithm);
    };
    token.verify_by(algorithm, metadata.jwks().keys())?;
    let (payload, typ) = token.into_parts();
    Ok(Verified { payload, typ })
}

/// Verifies `token` with the provider's keys. They are fetched again if the token names an unknown key, or the
/// signature does not match.
///
/// # Errors
/// See [`Unverified`].
pub async fn verify(discovery: &Discovery, token: &str) -> Result<Verified, Unverified> {
    match verified(token, &*discovery.metadata().await?) {
        Err(BadSignature::UnknownKey | BadSignature::UnfitKey | BadSignature::Wrong) => {
            Ok(verified(token, &*discovery.refetched().await?)?)
        }
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
