//! Ed25519 signatures (RFC 8032) of the ledger's keys, and the public keys that verify them.

use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;

/// A signature with the id of its key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signature {
    /// Id of the signing key.
    pub key: String,
    /// The 64 bytes of the signature, in base64.
    pub signature: String,
}

/// The key pairs of the ledger: the current one signs, all of them verify.
pub struct LedgerKeys {
    current: String,
    pairs: BTreeMap<String, Ed25519KeyPair>,
}

impl LedgerKeys {
    /// Derives Ed25519 key pairs from seeds of 32 bytes, given by key id. The key `current` signs.
    ///
    /// # Errors
    /// See [`BadSeed`].
    pub fn of<'a>(current: &str, seeds: impl IntoIterator<Item = (&'a str, &'a [u8])>) -> Result<Self, BadSeed> {
        let pair = |(id, seed): (&str, &[u8])| {
            let pair = Ed25519KeyPair::from_seed_unchecked(seed).map_err(|_| BadSeed::NoKey(id.to_owned()))?;
            Ok((id.to_owned(), pair))
        };
        let pairs = seeds.into_iter().map(pair).collect::<Result<BTreeMap<_, _>, BadSeed>>()?;
        if !pairs.contains_key(current) {
            return Err(BadSeed::NoCurrent(current.to_owned()));
        }
        Ok(Self { current: current.to_owned(), pairs })
    }

    /// Returns the public keys, which verify signatures of any of these keys.
    #[must_use]
    pub fn public(&self) -> PublicKeys {
        let bytes = |pair: &Ed25519KeyPair| pair.public_key().as_ref().to_vec();
        PublicKeys(self.pairs.iter().map(|(id, pair)| (Some(id.clone()), bytes(pair))).collect())
    }

    pub(crate) fn sign(&self, message: &[u8]) -> Option<Signature> {
        let signature = self.pairs.get(&self.current)?.sign(message);
        Some(Signature { key: self.current.clone(), signature: STANDARD.encode(signature) })
    }
}

impl fmt::Debug for LedgerKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LedgerKeys").field("current", &self.current).finish_non_exhaustive()
    }
}

/// The reason for which seeds are not keys of a ledger.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadSeed {
    /// A seed has another length than 32 bytes.
    #[error("the key `{0}` is not an Ed25519 key")]
    NoKey(String),
    /// The signing key is not among the seeds.
    #[error("the signing key `{0}` is not among the keys")]
    NoCurrent(String),
}

/// Public keys, each valid for one key id or for any.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PublicKeys(Vec<(Option<String>, Vec<u8>)>);

/// The reason for which a signature is invalid.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadSignature {
    /// The key that it names is unknown.
    #[error("the signing key `{0}` is not known")]
    NoKey(String),
    /// No known key produced it.
    #[error("the signature is forged")]
    Forged,
}

/// The error of a text that is not a public key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a public key is 32 bytes of base64, with or without `<id>:` in front of it")]
pub struct BadPublicKey;

impl PublicKeys {
    /// Adds a key in the form `k1:<base64>`, or `<base64>` alone for a key that is valid for any key id.
    ///
    /// # Errors
    /// [`BadPublicKey`] if the text is not base64 of 32 bytes.
    pub fn add(&mut self, text: &str) -> Result<(), BadPublicKey> {
        let (id, key) = match text.split_once(':') {
            Some((id, key)) => (Some(id.to_owned()), key),
            None => (None, text),
        };
        let key = STANDARD.decode(key).map_err(|_| BadPublicKey)?;
        if key.len() != aws_lc_rs::signature::ED25519_PUBLIC_KEY_LEN {
            return Err(BadPublicKey);
        }
        self.0.push((id, key));
        Ok(())
    }

    /// Returns the keys in the form that [`PublicKeys::add`] reads.
    pub fn lines(&self) -> impl Iterator<Item = String> {
        self.0.iter().map(|(id, key)| match id {
            Some(id) => format!("{id}:{}", STANDARD.encode(key)),
            None => STANDARD.encode(key),
        })
    }

    pub(crate) fn check(&self, message: &[u8], signature: &Signature) -> Result<(), BadSignature> {
        let bytes = STANDARD.decode(&signature.signature).map_err(|_| BadSignature::Forged)?;
        let mut fitting = self.0.iter().filter(|(id, _)| id.as_ref().is_none_or(|id| *id == signature.key)).peekable();
        if fitting.peek().is_none() {
            return Err(BadSignature::NoKey(signature.key.clone()));
        }
        let made = |key: &[u8]| UnparsedPublicKey::new(&ED25519, key).verify(message, &bytes).is_ok();
        if fitting.any(|(_, key)| made(key)) { Ok(()) } else { Err(BadSignature::Forged) }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test")]
mod tests {
    use super::*;

    /// Test vector: RFC 8032, section 7.1, test 1.
    #[test]
    fn the_signature_is_ed25519() {
        let seed = hex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60");
        let keys = LedgerKeys::of("k1", [("k1", seed.as_slice())]).unwrap();
        for (current, seed, expected) in
            [("k1", &seed[1..], BadSeed::NoKey("k1".into())), ("k2", &seed[..], BadSeed::NoCurrent("k2".into()))]
        {
            assert_eq!(LedgerKeys::of(current, [("k1", seed)]).err(), Some(expected));
        }
        let public = STANDARD.encode(hex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"));
        assert_eq!(keys.public().lines().collect::<Vec<_>>(), [format!("k1:{public}")]);
        let signature = keys.sign(b"").unwrap();
        let expected = hex(
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
        );
        assert_eq!(STANDARD.decode(&signature.signature).unwrap(), expected);

        let mut bare = PublicKeys::default();
        bare.add(&public).unwrap();
        let mut other = PublicKeys::default();
        other.add(&format!("k2:{public}")).unwrap();
        assert_eq!(bare.check(b"", &signature), Ok(()), "a key without an id matches every id");
        assert_eq!(other.check(b"", &signature), Err(BadSignature::NoKey("k1".into())));
        assert_eq!(keys.public().check(b"x", &signature), Err(BadSignature::Forged));
        for bad in ["", "k1:", "k1:AAAA", "not base64!"] {
            assert_eq!(PublicKeys::default().add(bad), Err(BadPublicKey), "{bad}");
        }
    }

    fn hex(text: &str) -> Vec<u8> {
        (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
    }
}
