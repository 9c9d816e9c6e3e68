//! The encryption of a message for one browser (RFC 8291), as one record of the content coding `aes128gcm` (RFC 8188).

use crate::decoded;
use aws_lc_rs::aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::agreement::{ECDH_P256, PrivateKey, UnparsedPublicKey, agree};
use aws_lc_rs::hkdf::{HKDF_SHA256, KeyType, Salt};
use aws_lc_rs::rand;

/// Record size in the header: larger than any message, so that each is one record.
const RECORD: u32 = 4096;

/// Largest plain text, in bytes: a push service must accept 4096 bytes of body (RFC 8030, section 7.2), of which header,
/// delimiter and tag take 103.
pub(crate) const LARGEST: usize = 3993;

/// The delimiter of the last record.
const LAST: u8 = 2;

/// The message was not encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EncryptionError {
    /// The browser's keys are malformed.
    #[error("the keys of the subscription are malformed")]
    Keys,
    /// The message is too long.
    #[error("the message is too long")]
    TooLong,
    /// The cryptographic library failed, for example for want of randomness.
    #[error("the message could not be encrypted")]
    Failed,
}

/// The keys that a browser made for its subscription.
#[derive(Clone)]
pub struct BrowserKeys {
    public: Vec<u8>,
    auth: Vec<u8>,
}

impl BrowserKeys {
    /// Parses the members `p256dh` and `auth` of a subscription, in base64url (Push API, section 8.1).
    ///
    /// # Errors
    /// [`EncryptionError::Keys`] if they are not a point of P-256 and 16 bytes.
    pub fn parse(p256dh: &str, auth: &str) -> Result<Self, EncryptionError> {
        let (public, auth) = decoded(p256dh).zip(decoded(auth)).ok_or(EncryptionError::Keys)?;
        if public.len() != 65 || public[0] != 4 || auth.len() != 16 {
            return Err(EncryptionError::Keys);
        }
        // A point that is not on the curve fails here, not when a message is due.
        let trial = PrivateKey::generate(&ECDH_P256).map_err(|_| EncryptionError::Failed)?;
        agree(&trial, UnparsedPublicKey::new(&ECDH_P256, &public), EncryptionError::Keys, |_| Ok(()))?;
        Ok(Self { public, auth })
    }
}

impl std::fmt::Debug for BrowserKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("BrowserKeys { .. }")
    }
}

/// Encrypts a message, with a new key and salt each time.
///
/// # Errors
/// See [`EncryptionError`].
pub fn encrypt(keys: &BrowserKeys, plain: &[u8]) -> Result<Vec<u8>, EncryptionError> {
    let own = PrivateKey::generate(&ECDH_P256).map_err(|_| EncryptionError::Failed)?;
    let mut salt = [0; 16];
    rand::fill(&mut salt).map_err(|_| EncryptionError::Failed)?;
    encrypt_with(keys, plain, &own, salt)
}

fn encrypt_with(
    keys: &BrowserKeys,
    plain: &[u8],
    own: &PrivateKey,
    salt: [u8; 16],
) -> Result<Vec<u8>, EncryptionError> {
    if plain.len() > LARGEST {
        return Err(EncryptionError::TooLong);
    }
    let own_public = own.compute_public_key().map_err(|_| EncryptionError::Failed)?;
    let own_public = own_public.as_ref();
    let theirs = UnparsedPublicKey::new(&ECDH_P256, &keys.public);
    // RFC 8291, section 3.4.
    let info = [b"WebPush: info\0", keys.public.as_slice(), own_public];
    let input = agree(own, theirs, EncryptionError::Keys, |secret| {
        expand::<32>(&Salt::new(HKDF_SHA256, &keys.auth), secret, &info)
    })?;
    // RFC 8188, sections 2.2 and 2.3; the nonce of the first record is the base nonce itself.
    let salted = Salt::new(HKDF_SHA256, &salt);
    let key = expand::<16>(&salted, &input, &[b"Content-Encoding: aes128gcm\0"])?;
    let nonce = expand::<12>(&salted, &input, &[b"Content-Encoding: nonce\0"])?;
    let mut record = [plain, &[LAST]].concat();
    let key = UnboundKey::new(&AES_128_GCM, &key).map_err(|_| EncryptionError::Failed)?;
    let sealed =
        LessSafeKey::new(key).seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::empty(), &mut record);
    sealed.map_err(|_| EncryptionError::Failed)?;
    let length = u8::try_from(own_public.len()).map_err(|_| EncryptionError::Failed)?;
    Ok([&salt[..], &RECORD.to_be_bytes(), &[length], own_public, &record].concat())
}

/// The length of a derived value, in bytes.
#[derive(Debug, Clone, Copy)]
struct Length(usize);

impl KeyType for Length {
    fn len(&self) -> usize {
        self.0
    }
}

fn expand<const N: usize>(salt: &Salt, secret: &[u8], info: &[&[u8]]) -> Result<[u8; N], EncryptionError> {
    let mut out = [0; N];
    let key = salt.extract(secret);
    let filled = key.expand(info, Length(N)).and_then(|okm| okm.fill(&mut out));
    filled.map_err(|_| EncryptionError::Failed)?;
    Ok(out)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::encoded;

    const PUBLIC: &str = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4";
    const AUTH: &str = "BTBZMqHH6r4Tts7J_aSIgg";

    /// RFC 8291, section 5 and appendix A.
    #[test]
    fn the_example_of_the_rfc_is_reproduced() {
        let keys = BrowserKeys::parse(PUBLIC, AUTH).unwrap();
        let own = decoded("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw").unwrap();
        let own = PrivateKey::from_private_key(&ECDH_P256, &own).unwrap();
        let salt = decoded("DGv6ra1nlYgDCS1FRnbzlw").unwrap().try_into().unwrap();
        let body = encrypt_with(&keys, b"When I grow up, I want to be a watermelon", &own, salt).unwrap();
        let expected = "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6Tlz\
                        AC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN";
        assert_eq!(encoded(&body), expected);
    }

    #[test]
    fn no_two_messages_are_alike_and_none_is_too_long() {
        let keys = BrowserKeys::parse(PUBLIC, AUTH).unwrap();
        assert_ne!(encrypt(&keys, b"same").unwrap(), encrypt(&keys, b"same").unwrap());
        assert_eq!(encrypt(&keys, &[0; LARGEST]).unwrap().len(), 4096);
        assert_eq!(encrypt(&keys, &[0; LARGEST + 1]), Err(EncryptionError::TooLong));
    }

    #[test]
    fn malformed_keys_are_refused_when_the_browser_subscribes() {
        let off_the_curve = encoded(&[&[4][..], &[1; 64]].concat());
        let compressed = encoded(&[&[2][..], &[1; 32]].concat());
        for (p256dh, auth, taken) in [
            (PUBLIC, AUTH, true),
            (PUBLIC, "BTBZMqHH6r4Tts7J_aSIgg==", true),
            (PUBLIC, "", false),
            (PUBLIC, "BTBZMqHH6r4Tts7J_aQ", false),
            ("", AUTH, false),
            ("not base64!", AUTH, false),
            (&off_the_curve, AUTH, false),
            (&compressed, AUTH, false),
        ] {
            assert_eq!(BrowserKeys::parse(p256dh, auth).is_ok(), taken, "{p256dh} {auth}");
        }
    }
}
