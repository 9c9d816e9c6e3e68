//! The application server's identification to push services (VAPID, RFC 8292): a signed token for each request.

use crate::encoded;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use secrecy::{ExposeSecret, SecretBox, SecretString};
use serde_json::json;
use std::fmt;
use url::{Origin, Url};

/// Lifetime of a token in seconds; at most 24 hours are allowed (section 2).
const LIFETIME_S: i64 = 3600;

const BEGIN: &str = "-----BEGIN PRIVATE KEY-----";
const END: &str = "-----END PRIVATE KEY-----";

/// The key cannot be read, made or used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidKey {
    /// Not a private key of P-256 in PKCS #8 and PEM form.
    #[error("must be a P-256 private key in PEM form (PKCS #8), as `countersign push-key` prints one")]
    Format,
    /// The cryptographic library failed, for example for want of randomness.
    #[error("cannot be used on this machine")]
    Failed,
}

/// The address at which a push service reaches the operator (section 2.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contact(String);

impl Contact {
    /// Takes a `mailto:` or `https:` URL; `None` if the text is neither. Services refuse `mailto:` without an address.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let url = Url::parse(text).ok()?;
        let is_valid = match url.scheme() {
            "mailto" => url.path().split_once('@').is_some_and(|(name, host)| !name.is_empty() && !host.is_empty()),
            "https" => true,
            _ => false,
        };
        is_valid.then(|| Self(text.to_owned()))
    }
}

/// The key that signs tokens.
pub struct VapidKey {
    pair: EcdsaKeyPair,
    public: String,
}

impl VapidKey {
    /// Creates a key and returns it in PEM form.
    ///
    /// # Errors
    /// [`InvalidKey::Failed`].
    pub fn generate() -> Result<SecretString, InvalidKey> {
        let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new());
        let document = document.map_err(|_| InvalidKey::Failed)?;
        let text = STANDARD.encode(document.as_ref());
        let lines = text.as_bytes().chunks(64).map(String::from_utf8_lossy).collect::<Vec<_>>().join("\n");
        Ok(SecretString::from(format!("{BEGIN}\n{lines}\n{END}\n")))
    }

    /// Parses a key in PEM form.
    ///
    /// # Errors
    /// [`InvalidKey::Format`].
    pub fn from_pem(pem: &SecretString) -> Result<Self, InvalidKey> {
        let text = pem.expose_secret().trim();
        let body = text.strip_prefix(BEGIN).and_then(|rest| rest.strip_suffix(END)).ok_or(InvalidKey::Format)?;
        let body: String = body.split_whitespace().collect();
        let der = SecretBox::new(Box::new(STANDARD.decode(body).map_err(|_| InvalidKey::Format)?));
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, der.expose_secret());
        let pair = pair.map_err(|_| InvalidKey::Format)?;
        let public = encoded(pair.public_key().as_ref());
        Ok(Self { pair, public })
    }

    /// The public key in base64url, as browsers take it (`applicationServerKey`).
    #[must_use]
    pub fn public(&self) -> &str {
        &self.public
    }

    /// Returns the value of the header `Authorization` for requests to a push service (section 3). `now` is in seconds
    /// since 1970.
    ///
    /// # Errors
    /// [`InvalidKey::Failed`].
    pub fn authorization(&self, service: &Origin, contact: &Contact, now: i64) -> Result<String, InvalidKey> {
        let header = json!({ "typ": "JWT", "alg": "ES256" });
        let claims = json!({ "aud": service.ascii_serialization(), "exp": now + LIFETIME_S, "sub": contact.0 });
        let text = format!("{}.{}", encoded(header.to_string().as_bytes()), encoded(claims.to_string().as_bytes()));
        let signature = self.pair.sign(&SystemRandom::new(), text.as_bytes()).map_err(|_| InvalidKey::Failed)?;
        Ok(format!("vapid t={text}.{},k={}", encoded(signature.as_ref()), self.public))
    }
}

impl fmt::Debug for VapidKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VapidKey").field("public", &self.public).finish_non_exhaustive()
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::decoded;
    use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};

    #[test]
    fn a_token_names_the_service_and_the_contact_and_is_signed() {
        let key = VapidKey::from_pem(&VapidKey::generate().unwrap()).unwrap();
        let contact = Contact::parse("mailto:it@acme.example").unwrap();
        let service = Url::parse("https://fcm.googleapis.com/fcm/send/abc").unwrap().origin();
        let header = key.authorization(&service, &contact, 1000).unwrap();
        let (token, public) = header.strip_prefix("vapid t=").unwrap().split_once(",k=").unwrap();
        let (text, signature) = token.rsplit_once('.').unwrap();
        let public = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, decoded(public).unwrap());
        public.verify(text.as_bytes(), &decoded(signature).unwrap()).unwrap();
        let claims = decoded(text.split_once('.').unwrap().1).unwrap();
        let claims: serde_json::Value = serde_json::from_slice(&claims).unwrap();
        let expected = json!({ "aud": "https://fcm.googleapis.com", "exp": 4600, "sub": "mailto:it@acme.example" });
        assert_eq!(claims, expected);
    }

    #[test]
    fn a_key_of_another_form_is_refused() {
        let good = VapidKey::generate().unwrap();
        let good = good.expose_secret();
        for (pem, taken) in [
            (good.to_owned(), true),
            (good.replace('\n', "\r\n"), true),
            (good.replace("PRIVATE KEY", "EC PRIVATE KEY"), false),
            (good.replace("MI", "AA"), false),
            (String::new(), false),
            (format!("{BEGIN}\n{END}"), false),
        ] {
            assert_eq!(VapidKey::from_pem(&pem.into()).is_ok(), taken);
        }
    }

    #[test]
    fn a_contact_is_an_address_that_somebody_reads() {
        for (text, valid) in [
            ("mailto:it@acme.example", true),
            ("https://acme.example/it", true),
            ("mailto:", false),
            ("mailto:@acme.example", false),
            ("http://acme.example", false),
            ("it@acme.example", false),
        ] {
            assert_eq!(Contact::parse(text).is_some(), valid, "{text}");
        }
    }
}
