//! The test vectors of Web Authentication Level 3, section 16 (w3c/webauthn, `index.bs`), made by an implementation that
//! somebody else wrote. `vectors.json` holds them in base64url.

#![expect(clippy::unwrap_used, reason = "tests")]

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use webauthn::{Assertion, Bytes, CredentialKey, Invalid, Registration, RelyingParty};

#[derive(Deserialize)]
struct Vector {
    name: String,
    registration: Ceremony<Registration>,
    assertion: Ceremony<Assertion>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Ceremony<T> {
    challenge: String,
    credential_id: Option<Bytes>,
    #[serde(flatten)]
    response: T,
}

impl<T> Ceremony<T> {
    fn challenge(&self) -> Vec<u8> {
        URL_SAFE_NO_PAD.decode(&self.challenge).unwrap()
    }
}

fn vectors() -> Vec<Vector> {
    serde_json::from_str(include_str!("vectors.json")).unwrap()
}

fn party() -> RelyingParty {
    RelyingParty { id: "example.org".to_owned(), origin: "https://example.org".to_owned() }
}

/// The key in an attestation object: what the registration returns for a vector that is refused for other reasons.
fn key(registration: &Registration) -> Result<CredentialKey, Invalid> {
    let object = registration.attestation_object.as_slice();
    let at = object.windows(8).position(|part| part == [0xbf, 0xab, 0xc3, 0x74, 0x32, 0x95, 0x8b, 0x06]).unwrap();
    let length = usize::from(object[at + 53]) << 8 | usize::from(object[at + 54]);
    CredentialKey::new(object[at + 55 + length..].to_vec())
}

/// The expected result of each vector, in its order: registration, assertion. Where the user was not verified, every
/// check before that one passed, the signature among them.
const EXPECTED: [(&str, Option<Invalid>, Option<Invalid>); 15] = [
    ("none-es256", UNVERIFIED, UNVERIFIED),
    ("packed-self-es256", None, UNVERIFIED),
    ("none-es256-crossOrigin", Some(Invalid::CrossOrigin), Some(Invalid::CrossOrigin)),
    ("none-es256-topOrigin", Some(Invalid::CrossOrigin), Some(Invalid::CrossOrigin)),
    ("none-es256-long-credential-id", UNVERIFIED, None),
    ("packed-es256", None, None),
    ("packed-es384", Some(Invalid::Key), Some(Invalid::Key)),
    ("packed-es512", Some(Invalid::Key), Some(Invalid::Key)),
    ("packed-rs256", None, UNVERIFIED),
    ("packed-eddsa", UNVERIFIED, UNVERIFIED),
    ("packed-ed448", Some(Invalid::Key), Some(Invalid::Key)),
    ("tpm-es256", None, None),
    ("android-key-es256", None, UNVERIFIED),
    ("apple-es256", UNVERIFIED, UNVERIFIED),
    ("fido-u2f-es256", UNVERIFIED, UNVERIFIED),
];
const UNVERIFIED: Option<Invalid> = Some(Invalid::UserVerification);

#[test]
fn each_vector_of_the_specification_is_accepted_or_refused_for_its_own_reason() {
    let vectors = vectors();
    assert_eq!(vectors.len(), EXPECTED.len());
    for (vector, (name, registered, asserted)) in vectors.iter().zip(EXPECTED) {
        assert_eq!(vector.name, name);
        let challenge = vector.registration.challenge();
        let registration = vector.registration.response.verify(&party(), &challenge);
        assert_eq!(registration.as_ref().err().copied(), registered, "{name}");
        if let Ok(registration) = registration {
            assert_eq!(Some(registration.credential_id), vector.registration.credential_id, "{name}");
            assert_eq!(registration.key, key(&vector.registration.response).unwrap(), "{name}");
        }
        let challenge = vector.assertion.challenge();
        let verified = key(&vector.registration.response)
            .and_then(|key| vector.assertion.response.verify(&party(), &key, &challenge));
        assert_eq!(verified.err(), asserted, "{name}");
    }
}

#[test]
fn no_bit_of_a_signed_part_can_be_flipped() {
    for vector in vectors() {
        let Ok(key) = key(&vector.registration.response) else { continue };
        let (own, challenge) = (vector.assertion.response.clone(), vector.assertion.challenge());
        let verify = |changed: &Assertion| changed.verify(&party(), &key, &challenge).err();
        let expected = verify(&own);
        if expected == Some(Invalid::CrossOrigin) {
            continue;
        }
        for part in 0..3 {
            let length = [&own.authenticator_data, &own.client_data_json, &own.signature][part].as_slice().len();
            for at in 0..length {
                let mut changed = own.clone();
                let field = [&mut changed.authenticator_data, &mut changed.client_data_json, &mut changed.signature]
                    .into_iter()
                    .nth(part)
                    .unwrap();
                let mut bytes = field.as_slice().to_vec();
                bytes[at] ^= 1;
                *field = Bytes::try_from(bytes).unwrap();
                let refused = verify(&changed);
                assert!(refused.is_some() && refused != Some(Invalid::UserVerification), "{} {part} {at}", vector.name);
            }
        }
    }
}
