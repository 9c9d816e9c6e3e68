//! A software authenticator for tests, with an ES256 key of its own. Each field may be set to what an honest
//! authenticator or browser would not send.

use crate::{Assertion, Bytes, Registration, RelyingParty};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};
use serde_json::json;
use sha2::{Digest, Sha256};

/// Flags of authenticator data: the user is present and verified.
pub const VERIFIED: u8 = 0b101;

/// An authenticator with one credential.
#[derive(Debug)]
pub struct Authenticator {
    key: EcdsaKeyPair,
    /// The credential id.
    pub credential_id: Bytes,
    /// The counter of the next response. Increments with each assertion, unless it is 0.
    pub sign_count: u32,
    /// The flags of each response, without those for its parts.
    pub flags: u8,
    /// The RP ID in each response; `None` for that of the request.
    pub rp_id: Option<String>,
    /// The client data's members, beside or instead of the ordinary ones.
    pub client_data: serde_json::Value,
}

fn bytes(value: Vec<u8>) -> Bytes {
    Bytes::try_from(value).unwrap_or_else(|error| panic!("{error}"))
}

impl Authenticator {
    /// Creates an authenticator with a new key. `name` becomes its credential id.
    ///
    /// # Panics
    /// If there is no randomness.
    #[must_use]
    pub fn new(name: &str) -> Self {
        let key = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING);
        Self {
            key: key.unwrap_or_else(|error| panic!("{error}")),
            credential_id: bytes(name.as_bytes().to_vec()),
            sign_count: 1,
            flags: VERIFIED,
            rp_id: None,
            client_data: json!({}),
        }
    }

    /// Answers a registration.
    #[must_use]
    pub fn register(&self, party: &RelyingParty, challenge: &[u8]) -> Registration {
        let id = self.credential_id.as_slice();
        let mut data = self.data(party, self.flags | 1 << 6);
        data.extend([0; 16]);
        data.extend(u16::try_from(id.len()).unwrap_or(u16::MAX).to_be_bytes());
        data.extend(id);
        let point = self.key.public_key().as_ref();
        data.extend([0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20]);
        data.extend(&point[1..33]);
        data.extend([0x22, 0x58, 0x20]);
        data.extend(&point[33..]);
        let mut object = b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData".to_vec();
        match u8::try_from(data.len()) {
            Ok(short) => object.extend([0x58, short]),
            Err(_) => {
                object.push(0x59);
                object.extend(u16::try_from(data.len()).unwrap_or(u16::MAX).to_be_bytes());
            }
        }
        object.extend(data);
        Registration {
            client_data_json: self.client(party, "webauthn.create", challenge),
            attestation_object: bytes(object),
        }
    }

    /// Answers an assertion.
    ///
    /// # Panics
    /// If there is no randomness.
    pub fn assert(&mut self, party: &RelyingParty, challenge: &[u8]) -> Assertion {
        if self.sign_count > 0 {
            self.sign_count += 1;
        }
        let data = self.data(party, self.flags);
        let client_data_json = self.client(party, "webauthn.get", challenge);
        let mut message = data.clone();
        message.extend(Sha256::digest(client_data_json.as_slice()));
        let signature = self.key.sign(&SystemRandom::new(), &message).unwrap_or_else(|error| panic!("{error}"));
        Assertion { authenticator_data: bytes(data), client_data_json, signature: bytes(signature.as_ref().to_vec()) }
    }

    fn data(&self, party: &RelyingParty, flags: u8) -> Vec<u8> {
        let rp_id = self.rp_id.as_deref().unwrap_or(&party.id);
        let mut data = Sha256::digest(rp_id.as_bytes()).to_vec();
        data.push(flags);
        data.extend(self.sign_count.to_be_bytes());
        data
    }

    fn client(&self, party: &RelyingParty, kind: &str, challenge: &[u8]) -> Bytes {
        let challenge = bytes(challenge.to_vec()).encoded();
        let mut data = json!({ "type": kind, "challenge": challenge, "origin": party.origin, "crossOrigin": false });
        for (name, value) in self.client_data.as_object().into_iter().flatten() {
            data[name] = value.clone();
        }
        bytes(data.to_string().into_bytes())
    }
}
