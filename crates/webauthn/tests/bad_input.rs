//! Responses that an honest authenticator or browser would not send, or that answer something else.

#![expect(clippy::unwrap_used, reason = "tests")]

use serde_json::json;
use webauthn::fakes::{Authenticator, VERIFIED};
use webauthn::{Backup, Invalid, RelyingParty, SignedAssertion, counter_advances};

const CHALLENGE: [u8; 32] = [7; 32];

fn party() -> RelyingParty {
    RelyingParty { id: "help.example".to_owned(), origin: "https://help.example".to_owned() }
}

/// A change of an authenticator or browser.
type Change = fn(&mut Authenticator);

/// Each row: the change, and the reason for which assertion and registration are refused.
const ROWS: [(Change, Invalid); 13] = [
    (|it| it.flags = 0b001, Invalid::UserVerification),
    (|it| it.flags = 0b100, Invalid::UserPresence),
    (|it| it.flags = VERIFIED | 1 << 4, Invalid::BackupFlags),
    (|it| it.flags = VERIFIED | 1 << 7, Invalid::AuthenticatorData),
    (|it| it.rp_id = Some("example".to_owned()), Invalid::RelyingParty),
    (|it| it.rp_id = Some("help.example.evil".to_owned()), Invalid::RelyingParty),
    (|it| it.client_data = json!({ "origin": "https://help.example.evil" }), Invalid::Origin),
    (|it| it.client_data = json!({ "origin": "http://help.example" }), Invalid::Origin),
    (|it| it.client_data = json!({ "origin": "https://help.example:8443" }), Invalid::Origin),
    (|it| it.client_data = json!({ "crossOrigin": true }), Invalid::CrossOrigin),
    (|it| it.client_data = json!({ "topOrigin": "https://help.example" }), Invalid::CrossOrigin),
    (|it| it.client_data = json!({ "type": "payment.get" }), Invalid::Ceremony),
    (|it| it.client_data = json!({ "challenge": 1 }), Invalid::ClientData),
];

#[test]
fn a_response_is_refused_for_each_thing_that_is_wrong_with_it() {
    for (row, (change, expected)) in ROWS.into_iter().enumerate() {
        let mut authenticator = Authenticator::new("key");
        let key = authenticator.register(&party(), &CHALLENGE).verify(&party(), &CHALLENGE).unwrap().key;
        change(&mut authenticator);
        let assertion = authenticator.assert(&party(), &CHALLENGE);
        assert_eq!(assertion.verify(&party(), &key, &CHALLENGE), Err(expected), "row {row}");
        let registration = authenticator.register(&party(), &CHALLENGE);
        assert_eq!(registration.verify(&party(), &CHALLENGE), Err(expected), "row {row}");
    }
}

#[test]
fn an_assertion_answers_one_challenge_by_one_key_in_its_own_ceremony() {
    let (mut own, other) = (Authenticator::new("own"), Authenticator::new("other"));
    let key = |it: &Authenticator| it.register(&party(), &CHALLENGE).verify(&party(), &CHALLENGE).unwrap().key;
    let (own_key, other_key) = (key(&own), key(&other));
    let assertion = own.assert(&party(), &CHALLENGE);
    let verified = assertion.verify(&party(), &own_key, &CHALLENGE).unwrap();
    assert_eq!((verified.sign_count, verified.backup), (2, Backup::SingleDevice));
    assert_eq!(assertion.verify(&party(), &own_key, &[8; 32]), Err(Invalid::Challenge));
    assert_eq!(assertion.verify(&party(), &own_key, &CHALLENGE[..31]), Err(Invalid::Challenge));
    assert_eq!(assertion.verify(&party(), &other_key, &CHALLENGE), Err(Invalid::Signature));
    own.client_data = json!({ "type": "webauthn.create" });
    assert_eq!(own.assert(&party(), &CHALLENGE).verify(&party(), &own_key, &CHALLENGE), Err(Invalid::Ceremony));
}

#[test]
fn evidence_is_verified_by_itself_and_names_its_origin() {
    let party = RelyingParty { id: "localhost".to_owned(), origin: "http://localhost:3000".to_owned() };
    let mut authenticator = Authenticator::new("key");
    let key = authenticator.register(&party, &CHALLENGE).verify(&party, &CHALLENGE).unwrap().key;
    let evidence = authenticator.assert(&party, &CHALLENGE).with_key(key.clone());
    let text = serde_json::to_string(&evidence).unwrap();
    let read: SignedAssertion = serde_json::from_str(&text).unwrap();
    assert_eq!(read.verify(&party, &CHALLENGE).unwrap().origin, "http://localhost:3000");
    assert_eq!(read.verify_anywhere(&CHALLENGE).unwrap().origin, "http://localhost:3000");
    assert_eq!(read.verify_anywhere(&[8; 32]), Err(Invalid::Challenge));
    authenticator.client_data = json!({ "origin": "https://elsewhere.example" });
    let elsewhere = authenticator.assert(&party, &CHALLENGE).with_key(key);
    assert_eq!(elsewhere.verify_anywhere(&CHALLENGE), Err(Invalid::RelyingParty));
    for changed in [
        text.replacen("\"signature\":\"", "\"signature\":\"AAAA", 1),
        text.replacen("{", "{\"more\":1,", 1),
        text.replacen("\"authenticatorData\":\"", "\"authenticatorData\":\"=", 1),
    ] {
        let verified = serde_json::from_str::<SignedAssertion>(&changed).map(|it| it.verify_anywhere(&CHALLENGE));
        assert!(!matches!(verified, Ok(Ok(_))), "{changed}");
    }
}

#[test]
fn a_counter_grows_or_is_absent() {
    for (stored, asserted, fine) in
        [(0, 0, true), (0, 1, true), (5, 6, true), (5, 5, false), (5, 4, false), (5, 0, false)]
    {
        assert_eq!(counter_advances(stored, asserted), fine, "{stored} {asserted}");
    }
}
