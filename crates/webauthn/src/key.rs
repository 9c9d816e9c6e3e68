//! Credential public keys: COSE keys (RFC 9052, RFC 9053) of the three algorithms that are offered at registration.

use crate::bytes::Bytes;
use crate::cbor::{BadCbor, Reader};
use crate::error::Invalid;
use aws_lc_rs::signature::{self, RsaPublicKeyComponents, UnparsedPublicKey};
use serde::{Deserialize, Serialize};

/// The COSE algorithms to offer, the preferred one first: Ed25519 is rare, ES256 is everywhere, RS256 is Windows Hello
/// with a TPM.
pub const ALGORITHMS: [i64; 3] = [-7, -8, -257];

/// Labels of a COSE key (RFC 9052 section 7.1; RFC 9053 sections 7.1.1 and 7.2; RFC 8230 section 4).
const KIND: i64 = 1;
const ALGORITHM: i64 = 3;
const CURVE_OR_MODULUS: i64 = -1;
const X_OR_EXPONENT: i64 = -2;
const Y: i64 = -3;

/// A credential public key as the authenticator encoded it. It is parsed at each use, so that a stored key needs no
/// trust.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CredentialKey(Bytes);

enum Parsed<'a> {
    /// An uncompressed point of P-256.
    Es256([u8; 65]),
    Ed25519(&'a [u8]),
    Rs256 {
        modulus: &'a [u8],
        exponent: &'a [u8],
    },
}

impl CredentialKey {
    /// Accepts a COSE key of an offered algorithm, and nothing behind it.
    ///
    /// # Errors
    /// [`Invalid::Key`].
    pub fn new(cose: Vec<u8>) -> Result<Self, Invalid> {
        let key = Self(Bytes::try_from(cose).map_err(|_| Invalid::Key)?);
        key.parse()?;
        Ok(key)
    }

    /// Verifies a signature over `message`.
    ///
    /// # Errors
    /// [`Invalid::Key`] or [`Invalid::Signature`].
    pub fn verify(&self, message: &[u8], given: &[u8]) -> Result<(), Invalid> {
        let verified = match self.parse()? {
            Parsed::Es256(point) => {
                UnparsedPublicKey::new(&signature::ECDSA_P256_SHA256_ASN1, point).verify(message, given)
            }
            Parsed::Ed25519(key) => UnparsedPublicKey::new(&signature::ED25519, key).verify(message, given),
            Parsed::Rs256 { modulus, exponent } => RsaPublicKeyComponents { n: modulus, e: exponent }.verify(
                &signature::RSA_PKCS1_2048_8192_SHA256,
                message,
                given,
            ),
        };
        verified.map_err(|_| Invalid::Signature)
    }

    fn parse(&self) -> Result<Parsed<'_>, Invalid> {
        parse(self.0.as_slice()).map_err(|_| Invalid::Key)?.ok_or(Invalid::Key)
    }
}

/// Returns the length of the COSE key at the start of `input`.
pub(crate) fn length(input: &[u8]) -> Result<usize, BadCbor> {
    let mut reader = Reader(input);
    reader.skip()?;
    Ok(input.len() - reader.0.len())
}

/// Parses a COSE key; `None` if it is of no offered algorithm.
fn parse(cose: &[u8]) -> Result<Option<Parsed<'_>>, BadCbor> {
    let mut reader = Reader(cose);
    let (mut kind, mut algorithm, mut curve) = (None, None, None);
    let (mut modulus, mut x, mut y) = (None, None, None);
    let mut before = None;
    for _ in 0..reader.map()? {
        let label = reader.integer()?;
        // The canonical order of CTAP2 excludes duplicates.
        let order = (label < 0, label.unsigned_abs());
        if before.replace(order).is_some_and(|before| before >= order) {
            return Err(BadCbor);
        }
        match label {
            KIND => kind = Some(reader.integer()?),
            ALGORITHM => algorithm = Some(reader.integer()?),
            CURVE_OR_MODULUS if kind == Some(3) => modulus = Some(reader.bytes()?),
            CURVE_OR_MODULUS => curve = Some(reader.integer()?),
            X_OR_EXPONENT => x = Some(reader.bytes()?),
            Y => y = Some(reader.bytes()?),
            _ => reader.skip()?,
        }
    }
    if !reader.0.is_empty() {
        return Err(BadCbor);
    }
    Ok(match (kind, algorithm, curve, modulus, x, y) {
        (Some(2), Some(-7), Some(1), None, Some(x), Some(y)) => point(x, y).map(Parsed::Es256),
        (Some(1), Some(-8), Some(6), None, Some(x), None) if x.len() == 32 => Some(Parsed::Ed25519(x)),
        (Some(3), Some(-257), None, Some(modulus), Some(exponent), None) => Some(Parsed::Rs256 { modulus, exponent }),
        _ => None,
    })
}

/// Joins coordinates to an uncompressed point (SEC 1 section 2.3.3).
fn point(x: &[u8], y: &[u8]) -> Option<[u8; 65]> {
    let mut point = [4; 65];
    if x.len() != 32 || y.len() != 32 {
        return None;
    }
    point[1..33].copy_from_slice(x);
    point[33..].copy_from_slice(y);
    Some(point)
}
