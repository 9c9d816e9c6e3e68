//! The signing keys: the current one, the next one, and the previous one until the next rotation, as at Auth0.
//! Must not depend on claims.

use std::sync::{Arc, Mutex, PoisonError};

use aws_lc_rs::encoding::{AsDer, PublicKeyX509Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, UnparsedPublicKey};
use sandbox_kit::canary;
use serde_json::{Value, json};

use crate::jwt;

/// The cryptographic library failed to generate or use a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the cryptographic library could not create or use an RSA key")]
pub struct KeyFailure;

pub(crate) struct Key {
    pub(crate) kid: String,
    pair: KeyPair,
}

/// Bytes before and after the modulus in the PKCS #1 encoding of an RSA-2048 public key with exponent 65537.
const BEFORE_MODULUS: [u8; 9] = [0x30, 0x82, 0x01, 0x0a, 0x02, 0x82, 0x01, 0x01, 0x00];
const AFTER_MODULUS: [u8; 5] = [0x02, 0x03, 0x01, 0x00, 0x01];

impl Key {
    pub(crate) fn generate() -> Result<Self, KeyFailure> {
        let pair = KeyPair::generate(KeySize::Rsa2048).map_err(|_| KeyFailure)?;
        let key = Self { kid: canary::random(16), pair };
        key.modulus().ok_or(KeyFailure)?;
        Ok(key)
    }

    fn modulus(&self) -> Option<&[u8]> {
        let der = self.pair.public_key().as_ref();
        der.strip_prefix(&BEFORE_MODULUS)?.strip_suffix(&AFTER_MODULUS)
    }

    fn jwk(&self) -> Value {
        let n = jwt::base64url(self.modulus().unwrap_or_default());
        json!({"kty": "RSA", "use": "sig", "alg": "RS256", "kid": self.kid, "n": n, "e": "AQAB"})
    }

    /// Returns the public key in X.509 DER (`SubjectPublicKeyInfo`), which an attacker would use as an HMAC secret.
    pub(crate) fn public_der(&self) -> Result<Vec<u8>, KeyFailure> {
        let der: PublicKeyX509Der<'_> = self.pair.public_key().as_der().map_err(|_| KeyFailure)?;
        Ok(der.as_ref().to_vec())
    }

    pub(crate) fn sign(&self, message: &[u8]) -> Result<Vec<u8>, KeyFailure> {
        let mut signature = vec![0; self.pair.public_modulus_len()];
        self.pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut signature).map_err(|_| KeyFailure)?;
        Ok(signature)
    }

    pub(crate) fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, self.pair.public_key()).verify(message, signature).is_ok()
    }
}

pub(crate) struct KeyRing(Mutex<Keys>);

struct Keys {
    current: Arc<Key>,
    next: Arc<Key>,
    /// Retired keys, the latest first.
    past: Vec<Arc<Key>>,
}

impl KeyRing {
    pub(crate) fn generate() -> Result<Self, KeyFailure> {
        let (current, next) = (Key::generate()?.into(), Key::generate()?.into());
        Ok(Self(Mutex::new(Keys { current, next, past: Vec::new() })))
    }

    /// Promotes the next key to the current one and withdraws the key before the previous one.
    pub(crate) fn rotate(&self) -> Result<(), KeyFailure> {
        let fresh = Key::generate()?.into();
        self.with(|keys| {
            let promoted = std::mem::replace(&mut keys.next, fresh);
            let retired = std::mem::replace(&mut keys.current, promoted);
            keys.past.insert(0, retired);
        });
        Ok(())
    }

    pub(crate) fn current(&self) -> Arc<Key> {
        self.with(|keys| keys.current.clone())
    }

    pub(crate) fn next(&self) -> Arc<Key> {
        self.with(|keys| keys.next.clone())
    }

    /// Finds a published key by id.
    pub(crate) fn published(&self, kid: &str) -> Option<Arc<Key>> {
        self.with(|keys| keys.published().find(|key| key.kid == kid).cloned())
    }

    /// Finds a key by id, including withdrawn ones: the ID token in a logout hint may be old.
    pub(crate) fn ever(&self, kid: &str) -> Option<Arc<Key>> {
        self.with(|keys| {
            let all = [&keys.current, &keys.next].into_iter().chain(&keys.past);
            all.into_iter().find(|key| key.kid == kid).cloned()
        })
    }

    /// Returns the body of `/.well-known/jwks.json`.
    pub(crate) fn jwks(&self) -> Value {
        self.with(|keys| json!({"keys": keys.published().map(|key| key.jwk()).collect::<Vec<_>>()}))
    }

    fn with<T>(&self, act: impl FnOnce(&mut Keys) -> T) -> T {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Keys {
    fn published(&self) -> impl Iterator<Item = &Arc<Key>> {
        [&self.current, &self.next].into_iter().chain(self.past.first())
    }
}
