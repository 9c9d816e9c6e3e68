//! The parts of a signed token, and the key set that verifies it. The header names a key and an algorithm; both are
//! looked up. Its members `jku`, `x5u`, `jwk` and `x5c` are never read.

use super::BadSignature;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use openidconnect::core::{CoreJsonWebKey, CoreJwsSigningAlgorithm};
use openidconnect::{JsonWebKey, JsonWebKeyAlgorithm, JsonWebKeyId, JsonWebKeySet, JsonWebKeyUse, JwsSigningAlgorithm};
use serde::de::IgnoredAny;
use serde::{Deserialize, Deserializer};
use std::fmt;

/// An asymmetric signature algorithm (RFC 7518 section 3.1, RFC 8037 section 3.1), under its registered name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum Algorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    #[serde(rename = "RS256")]
    Rs256,
    /// RSASSA-PSS with SHA-256.
    #[serde(rename = "PS256")]
    Ps256,
    /// ECDSA on P-256 with SHA-256.
    #[serde(rename = "ES256")]
    Es256,
    /// ECDSA on P-384 with SHA-384.
    #[serde(rename = "ES384")]
    Es384,
    /// Ed25519.
    #[serde(rename = "EdDSA")]
    EdDsa,
}

impl Algorithm {
    fn named(name: &str) -> Option<Self> {
        match name {
            "RS256" => Some(Self::Rs256),
            "PS256" => Some(Self::Ps256),
            "ES256" => Some(Self::Es256),
            "ES384" => Some(Self::Es384),
            "EdDSA" => Some(Self::EdDsa),
            _ => None,
        }
    }

    const fn core(self) -> CoreJwsSigningAlgorithm {
        match self {
            Self::Rs256 => CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
            Self::Ps256 => CoreJwsSigningAlgorithm::RsaSsaPssSha256,
            Self::Es256 => CoreJwsSigningAlgorithm::EcdsaP256Sha256,
            Self::Es384 => CoreJwsSigningAlgorithm::EcdsaP384Sha384,
            Self::EdDsa => CoreJwsSigningAlgorithm::EdDsa,
        }
    }
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    typ: Option<String>,
    #[serde(default, deserialize_with = "present")]
    crit: bool,
}

/// Notes that a member is present, even as `null`.
fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    IgnoredAny::deserialize(deserializer).map(|_| true)
}

/// A token in compact serialization, decoded and not verified.
pub struct Compact<'a> {
    header: Header,
    message: &'a str,
    payload: Vec<u8>,
    signature: Vec<u8>,
}

impl<'a> Compact<'a> {
    /// Decodes the three parts.
    ///
    /// # Errors
    /// [`BadSignature::Malformed`] if `token` is not three parts of canonical base64url without padding, or its header is
    /// not a JSON object with an algorithm.
    pub fn parse(token: &'a str) -> Result<Self, BadSignature> {
        let (message, signature) = token.rsplit_once('.').ok_or(BadSignature::Malformed)?;
        let (header, payload) = message.split_once('.').ok_or(BadSignature::Malformed)?;
        let header = serde_json::from_slice(&decode(header)?).map_err(|_| BadSignature::Malformed)?;
        Ok(Self { header, message, payload: decode(payload)?, signature: decode(signature)? })
    }

    /// The algorithm, or `None` if it is not one of [`Algorithm`].
    #[must_use]
    pub fn algorithm(&self) -> Option<Algorithm> {
        Algorithm::named(&self.header.alg)
    }

    /// The type that the header names.
    #[must_use]
    pub fn typ(&self) -> Option<&str> {
        self.header.typ.as_deref()
    }

    /// Returns whether the header has `crit` (RFC 7515 section 4.1.11). No extension is supported, so such a token must be
    /// rejected.
    #[must_use]
    pub const fn has_critical_extensions(&self) -> bool {
        self.header.crit
    }

    /// The payload, as anybody may have written it.
    #[must_use]
    pub fn unverified_payload(&self) -> &[u8] {
        &self.payload
    }

    /// Verifies the signature by the key that the header names.
    ///
    /// # Errors
    /// [`BadSignature::Algorithm`] if the header names another algorithm, [`BadSignature::UnknownKey`] or
    /// [`BadSignature::UnfitKey`] if there is no such key for it, [`BadSignature::Wrong`] if the signature differs.
    pub fn verify(&self, algorithm: Algorithm, keys: &KeySet) -> Result<(), BadSignature> {
        if self.algorithm() != Some(algorithm) {
            return Err(BadSignature::Algorithm);
        }
        self.verify_by(algorithm, keys.0.keys())
    }

    pub(super) fn verify_by(&self, algorithm: Algorithm, keys: &[CoreJsonWebKey]) -> Result<(), BadSignature> {
        let algorithm = algorithm.core();
        let key = select(keys, self.header.kid.as_deref(), &algorithm)?;
        key.verify_signature(&algorithm, self.message.as_bytes(), &self.signature).map_err(|_| BadSignature::Wrong)
    }

    pub(super) fn into_parts(self) -> (Vec<u8>, Option<String>) {
        (self.payload, self.header.typ)
    }
}

/// Shows neither payload nor signature.
impl fmt::Debug for Compact<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Compact").field("algorithm", &self.algorithm()).finish_non_exhaustive()
    }
}

/// The published keys of one issuer (RFC 7517 section 5). Keys of an unknown kind are skipped.
#[derive(Debug)]
pub struct KeySet(JsonWebKeySet<CoreJsonWebKey>);

impl KeySet {
    /// Parses a JWK set. The caller limits its length.
    ///
    /// # Errors
    /// An error if `json` is not an object with an array of keys.
    pub fn parse(json: &[u8]) -> Result<Self, serde_json::Error> {
        serde_json::from_slice(json).map(Self)
    }
}

/// Selects the key with this id that fits the algorithm. A header may omit the id if the provider publishes a single key
/// (OpenID Connect Core section 10.1).
fn select<'a>(
    keys: &'a [CoreJsonWebKey],
    kid: Option<&str>,
    algorithm: &CoreJwsSigningAlgorithm,
) -> Result<&'a CoreJsonWebKey, BadSignature> {
    let id = kid.map(|kid| JsonWebKeyId::new(kid.to_owned()));
    let named = |key: &&CoreJsonWebKey| match &id {
        Some(id) => key.key_id() == Some(id),
        None => keys.len() == 1,
    };
    let mut named = keys.iter().filter(named).peekable();
    named.peek().ok_or(BadSignature::UnknownKey)?;
    named.find(|key| fits(key, algorithm)).ok_or(BadSignature::UnfitKey)
}

/// Returns whether type, `use` and `alg` of a key allow this algorithm (RFC 7517 sections 4.1, 4.2 and 4.4).
fn fits(key: &CoreJsonWebKey, algorithm: &CoreJwsSigningAlgorithm) -> bool {
    let is_for_signatures = key.key_use().is_none_or(JsonWebKeyUse::allows_signature);
    let is_of_type = algorithm.key_type().is_some_and(|kind| kind == *key.key_type());
    let is_for_algorithm = match key.signing_alg() {
        JsonWebKeyAlgorithm::Unspecified => true,
        JsonWebKeyAlgorithm::Algorithm(own) => own == algorithm,
        JsonWebKeyAlgorithm::Unsupported => false,
    };
    is_for_signatures && is_of_type && is_for_algorithm
}

fn decode(part: &str) -> Result<Vec<u8>, BadSignature> {
    URL_SAFE_NO_PAD.decode(part).map_err(|_| BadSignature::Malformed)
}
