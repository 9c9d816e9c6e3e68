//! A browser's keys, and the decryption of its messages (RFC 8291, RFC 8188).

use aws_lc_rs::aead::{AES_128_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::agreement::{ECDH_P256, PrivateKey, UnparsedPublicKey, agree};
use aws_lc_rs::hmac::{HMAC_SHA256, Key, sign};
use aws_lc_rs::rand;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// Length of the header before the sender's key: salt, record size, length of the key.
const HEADER: usize = 16 + 4 + 1;
const TAG: usize = 16;

/// The private key of a subscription and its authentication secret.
pub(super) struct Keys {
    private: PrivateKey,
    public: Vec<u8>,
    auth: [u8; 16],
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Keys { .. }")
    }
}

pub(super) fn random_name() -> Option<String> {
    let mut bytes = [0; 16];
    rand::fill(&mut bytes).ok()?;
    Some(URL_SAFE_NO_PAD.encode(bytes))
}

impl Keys {
    pub(super) fn generate() -> Option<Self> {
        let private = PrivateKey::generate(&ECDH_P256).ok()?;
        let public = private.compute_public_key().ok()?.as_ref().to_vec();
        let mut auth = [0; 16];
        rand::fill(&mut auth).ok()?;
        Some(Self { private, public, auth })
    }

    /// Returns `p256dh` and `auth`.
    pub(super) fn public(&self) -> (String, String) {
        (URL_SAFE_NO_PAD.encode(&self.public), URL_SAFE_NO_PAD.encode(self.auth))
    }

    /// Decrypts a message of exactly one record.
    pub(super) fn decrypt(&self, body: &[u8]) -> Result<String, &'static str> {
        let (header, rest) = body.split_at_checked(HEADER).ok_or("the body has no header of aes128gcm")?;
        let (salt, size, length) = (&header[..16], &header[16..20], usize::from(header[20]));
        let (sender, sealed) = rest.split_at_checked(length).ok_or("the sender's key is cut")?;
        if sender.len() != 65 || sender[0] != 4 {
            return Err("the sender's key is no uncompressed point");
        }
        let size = size.iter().fold(0_usize, |size, byte| size << 8 | usize::from(*byte));
        if size < sealed.len() || sealed.len() <= TAG {
            return Err("the body is not one record");
        }
        let secret = agree(&self.private, UnparsedPublicKey::new(&ECDH_P256, sender), (), |it| Ok(it.to_vec()));
        let secret = secret.map_err(|()| "the sender's key is not on the curve")?;
        let info = [b"WebPush: info\0", self.public.as_slice(), sender].concat();
        let input = derive(&mac(&self.auth, &secret), &info);
        let salted = mac(salt, &input);
        let key = derive(&salted, b"Content-Encoding: aes128gcm\0");
        let nonce = derive(&salted, b"Content-Encoding: nonce\0");
        let nonce = Nonce::try_assume_unique_for_key(&nonce[..NONCE_LEN]).map_err(|_| "no nonce")?;
        let key = LessSafeKey::new(UnboundKey::new(&AES_128_GCM, &key[..16]).map_err(|_| "no key")?);
        let mut record = sealed.to_vec();
        let opened = key.open_in_place(nonce, Aad::empty(), &mut record).map_err(|_| "the body does not decrypt")?;
        // The delimiter of the last record, behind it only padding.
        let end = opened.iter().rposition(|byte| *byte != 0).ok_or("the record has no delimiter")?;
        if opened[end] != 2 {
            return Err("the record is not the last one");
        }
        String::from_utf8(opened[..end].to_vec()).map_err(|_| "the message is no text")
    }
}

/// HMAC-SHA-256: the step "extract" of HKDF.
fn mac(key: &[u8], text: &[u8]) -> Vec<u8> {
    sign(&Key::new(HMAC_SHA256, key), text).as_ref().to_vec()
}

/// The step "expand" of HKDF, for up to 32 bytes.
fn derive(key: &[u8], info: &[u8]) -> Vec<u8> {
    mac(key, &[info, &[1]].concat())
}
