//! A private key that signs client assertions.

use jsonwebtoken::{Algorithm, EncodingKey, Header};
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Lifetime of an assertion. Auth0 recommends one minute and allows five, Okta allows an hour.
const ASSERTION_LIFETIME: Duration = Duration::from_secs(60);

/// The private key cannot be used. The error never shows key material.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// The text is not PEM.
    #[error("is not a private key in PEM form (-----BEGIN PRIVATE KEY-----)")]
    NotPem,
    /// The text contains only a public key or a certificate.
    #[error("holds a public key or a certificate; the private key is needed")]
    Public,
    /// The key is encrypted.
    #[error("holds an encrypted key; store it decrypted (openssl pkcs8 -topk8 -nocrypt)")]
    Encrypted,
    /// No supported algorithm signs with a key of this type.
    #[error("must hold an RSA key of at least 2048 bits or an EC key on P-256, in PKCS#8 form")]
    Unsupported,
    /// The clock is before 1970, or signing failed.
    #[error("could not sign")]
    Signing,
}

/// A private key with its id and algorithm.
#[derive(Clone)]
pub struct SigningKey {
    key: EncodingKey,
    algorithm: Algorithm,
    id: Option<String>,
}

/// The claims of an assertion (RFC 7523 section 3); OpenID Connect Core section 9 requires `jti`.
#[derive(Serialize)]
struct Assertion<'a> {
    iss: &'a str,
    sub: &'a str,
    aud: &'a str,
    jti: &'a str,
    iat: u64,
    exp: u64,
}

impl SigningKey {
    /// Reads the key in `pem`: RSA (signs with `RS256`) or EC on P-256 (`ES256`). `id` is the `kid` under which the
    /// provider knows the public key.
    ///
    /// # Errors
    /// See [`KeyError`].
    pub fn from_pem(pem: &SecretString, id: Option<String>) -> Result<Self, KeyError> {
        let text = pem.expose_secret();
        if !text.contains("-----BEGIN ") {
            return Err(KeyError::NotPem);
        }
        if text.contains("-----BEGIN PUBLIC KEY") || text.contains("-----BEGIN CERTIFICATE") {
            return Err(KeyError::Public);
        }
        if text.contains("ENCRYPTED") {
            return Err(KeyError::Encrypted);
        }
        let bytes = text.as_bytes();
        let keys =
            [(EncodingKey::from_rsa_pem(bytes), Algorithm::RS256), (EncodingKey::from_ec_pem(bytes), Algorithm::ES256)];
        for (key, algorithm) in keys.into_iter().filter_map(|(key, algorithm)| Some((key.ok()?, algorithm))) {
            let own = Self { key, algorithm, id: id.clone() };
            // An unsupported curve or a short key is detected only by signing.
            if own.assertion("client", "audience", "trial").is_ok() {
                return Ok(own);
            }
        }
        Err(KeyError::Unsupported)
    }

    /// Signs an assertion of `client` for `audience`.
    pub(super) fn assertion(&self, client: &str, audience: &str, jti: &str) -> Result<SecretString, KeyError> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_err(|_| KeyError::Signing)?;
        let claims = Assertion {
            iss: client,
            sub: client,
            aud: audience,
            jti,
            iat: now.as_secs(),
            exp: (now + ASSERTION_LIFETIME).as_secs(),
        };
        let header = Header { kid: self.id.clone(), ..Header::new(self.algorithm) };
        let signed = jsonwebtoken::encode(&header, &claims, &self.key).map_err(|_| KeyError::Signing)?;
        Ok(SecretString::from(signed))
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey").field("algorithm", &self.algorithm).field("id", &self.id).finish_non_exhaustive()
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test")]
pub(super) mod tests {
    use super::*;
    use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der};
    use aws_lc_rs::rsa::{KeyPair as Rsa, KeySize};
    use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P384_SHA384_ASN1_SIGNING, EcdsaKeyPair, KeyPair};
    use base64::{Engine, engine::general_purpose::STANDARD};
    use jsonwebtoken::{DecodingKey, Validation};
    use serde::Deserialize;

    fn pem(label: &str, der: &[u8]) -> String {
        let text = STANDARD.encode(der);
        let lines: Vec<&str> = text.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
        format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
    }

    fn ec() -> EcdsaKeyPair {
        EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap()
    }

    fn read(pem: String) -> Result<SigningKey, KeyError> {
        SigningKey::from_pem(&pem.into(), Some("k1".to_owned()))
    }

    pub(in super::super) fn key() -> SigningKey {
        read(pem("PRIVATE KEY", ec().to_pkcs8v1().unwrap().as_ref())).unwrap()
    }

    #[derive(Deserialize)]
    struct Seen {
        iss: String,
        sub: String,
        jti: String,
        iat: u64,
        exp: u64,
    }

    #[test]
    fn an_assertion_is_signed_by_the_algorithm_of_its_key() {
        let (ec, rsa) = (ec(), Rsa::generate(KeySize::Rsa2048).unwrap());
        let der: Pkcs8V1Der<'_> = rsa.as_der().unwrap();
        let public: PublicKeyX509Der<'_> = rsa.public_key().as_der().unwrap();
        let rows = [
            (
                pem("PRIVATE KEY", der.as_ref()),
                DecodingKey::from_rsa_pem(pem("PUBLIC KEY", public.as_ref()).as_bytes()).unwrap(),
                Algorithm::RS256,
            ),
            (
                pem("PRIVATE KEY", ec.to_pkcs8v1().unwrap().as_ref()),
                DecodingKey::from_ec_der(ec.public_key().as_ref()),
                Algorithm::ES256,
            ),
        ];
        for (private, public, algorithm) in rows {
            let key = read(private).unwrap();
            let assertion = key.assertion("client", "https://as.example/token", "nonce").unwrap();
            let mut validation = Validation::new(algorithm);
            validation.set_audience(&["https://as.example/token"]);
            let token = jsonwebtoken::decode::<Seen>(assertion.expose_secret(), &public, &validation).unwrap();
            assert_eq!(token.header.kid.as_deref(), Some("k1"));
            let seen = token.claims;
            assert_eq!((seen.iss.as_str(), seen.sub.as_str(), seen.jti.as_str()), ("client", "client", "nonce"));
            assert_eq!(seen.exp - seen.iat, ASSERTION_LIFETIME.as_secs());
        }
    }

    #[test]
    fn a_key_that_cannot_sign_is_refused_with_its_reason() {
        let p384 = EcdsaKeyPair::generate(&ECDSA_P384_SHA384_ASN1_SIGNING).unwrap();
        let rows = [
            ("hunter2".to_owned(), KeyError::NotPem),
            (pem("PUBLIC KEY", b"x"), KeyError::Public),
            (pem("CERTIFICATE", b"x"), KeyError::Public),
            (pem("ENCRYPTED PRIVATE KEY", b"x"), KeyError::Encrypted),
            (pem("PRIVATE KEY", b"x"), KeyError::Unsupported),
            (pem("PRIVATE KEY", p384.to_pkcs8v1().unwrap().as_ref()), KeyError::Unsupported),
        ];
        for (pem, expected) in rows {
            let error = read(pem).unwrap_err();
            assert_eq!(error, expected);
            assert!(!error.to_string().contains("hunter2"));
        }
    }
}
