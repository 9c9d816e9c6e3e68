//! A signed token in compact form (RFC 7515 section 3.1), checked against the provider's keys.
//! The header names a key and an algorithm; both are looked up in lists of ours, and nothing is fetched because of it.

use crate::provider::{Metadata, Provider};
use agent::ports::Unavailable;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use openidconnect::core::{CoreJsonWebKey, CoreJwsSigningAlgorithm};
use openidconnect::{JsonWebKey, JsonWebKeyId};
use serde::Deserialize;

/// The algorithms that we accept: asymmetric ones.
pub(crate) const ALGORITHMS: [CoreJwsSigningAlgorithm; 3] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
];

#[derive(Deserialize)]
struct Header {
    alg: CoreJwsSigningAlgorithm,
    kid: String,
    typ: Option<String>,
    crit: Option<Vec<String>>,
}

/// Why a token's signature was not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadSignature {
    /// Not three parts of canonical base64url, or the header is not what we read.
    #[error("malformed")]
    Malformed,
    /// An algorithm that is not on the list, or a critical extension.
    #[error("algorithm not allowed")]
    Algorithm,
    /// The provider has no such key.
    #[error("unknown key")]
    UnknownKey,
    /// The signature does not fit.
    #[error("wrong signature")]
    Wrong,
}

/// The payload of a token whose signature is good, with its `typ`.
fn verified(token: &str, metadata: &Metadata) -> Result<(Vec<u8>, Option<String>), BadSignature> {
    let (message, signature) = token.rsplit_once('.').ok_or(BadSignature::Malformed)?;
    let (header, payload) = message.split_once('.').ok_or(BadSignature::Malformed)?;
    let header: Header = serde_json::from_slice(&decode(header)?).map_err(|_| BadSignature::Malformed)?;
    if header.crit.is_some() || !ALGORITHMS.contains(&header.alg) {
        return Err(BadSignature::Algorithm);
    }
    let key = key(metadata, &header.kid).ok_or(BadSignature::UnknownKey)?;
    key.verify_signature(&header.alg, message.as_bytes(), &decode(signature)?).map_err(|_| BadSignature::Wrong)?;
    Ok((decode(payload)?, header.typ))
}

/// The same, with the provider's keys; when it names a key that we do not know, they are fetched again.
pub(crate) async fn verified_by(provider: &Provider, token: &str) -> Result<(Vec<u8>, Option<String>), Unverified> {
    match verified(token, &*provider.metadata().await?) {
        Err(BadSignature::UnknownKey) => Ok(verified(token, &*provider.metadata_again().await?)?),
        other => Ok(other?),
    }
}

/// Why a token could not be verified.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unverified {
    #[error(transparent)]
    Signature(#[from] BadSignature),
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// The claim `aud` (RFC 7519 section 4.1.3): one, or several.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(crate) enum Audience {
    One(String),
    Many(Vec<String>),
}

impl Audience {
    /// Whether the token is for this API, perhaps among others.
    pub(crate) fn names(&self, api: &str) -> bool {
        match self {
            Self::One(aud) => aud == api,
            Self::Many(auds) => auds.iter().any(|aud| aud == api),
        }
    }

    /// Whether the token is for an API that is none of these.
    pub(crate) fn names_beside(&self, apis: &[&str]) -> bool {
        match self {
            Self::One(aud) => !apis.contains(&aud.as_str()),
            Self::Many(auds) => auds.iter().any(|aud| !apis.contains(&aud.as_str())),
        }
    }

    /// Whether the token is for this client and for nobody else.
    pub(crate) fn is_only(&self, client_id: &str) -> bool {
        match self {
            Self::One(aud) => aud == client_id,
            Self::Many(auds) => auds.as_slice() == [client_id],
        }
    }
}

fn key<'a>(metadata: &'a Metadata, kid: &str) -> Option<&'a CoreJsonWebKey> {
    let kid = JsonWebKeyId::new(kid.to_owned());
    metadata.jwks().keys().iter().find(|key| key.key_id() == Some(&kid))
}

fn decode(part: &str) -> Result<Vec<u8>, BadSignature> {
    URL_SAFE_NO_PAD.decode(part).map_err(|_| BadSignature::Malformed)
}
