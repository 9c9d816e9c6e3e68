#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;
use crate::body::Opened;
use crate::fakes::{self, NOON, actor, elevated, entry, keys};
use crate::record::NOTHING;
use agent::approval::{Channel, Standing, StandingLimits};
use agent::ports::EntryId;
use serde_json::{Value, json};
use webauthn::fakes::Authenticator;
use webauthn::{Bytes, RelyingParty, SignedAssertion};

const CHAIN: &str = "ledger#acme#2026-03-01#0";

fn records(key: &str) -> (Record, Record) {
    let keys = keys(key);
    let opened = Body::Opened(Opened::from(elevated(&actor("acme", "ada"), NOON, 1)));
    let opened = Record::seal(CHAIN, 3, NOTHING, &opened, &keys).unwrap();
    let closed = Closed {
        entry: names::entry(CHAIN, 3),
        hash: opened.hash.clone(),
        at: NOON + 250,
        took: 250,
        outcome: ActionOutcome::NotDone { reason: "no \"answer\" é".into() },
    };
    let closed = Record::seal(CHAIN, 4, &opened.hash, &Body::Closed(closed), &keys).unwrap();
    (opened, closed)
}

fn text() -> String {
    let (opened, closed) = records("k1");
    make(opened, Some(closed), &keys("k1")).unwrap()
}

#[test]
fn a_receipt_states_the_question_the_approver_and_the_outcome() {
    let Receipt { statement, .. } = verify(&text(), &keys("k2").public()).unwrap();
    assert_eq!(statement.asked.intent, "Read the Okta groups of bob@acme.example");
    assert_eq!((statement.approved[0].subject.as_str(), statement.approved[0].at), ("ada", NOON - 1000));
    let ran = statement.ran.unwrap();
    assert_eq!((ran.from, ran.to), (NOON, NOON + 250));
    assert_eq!(statement.opened.seq, 3);
}

#[test]
fn no_bit_of_a_receipt_can_be_flipped() {
    let (text, public) = (text(), keys("k1").public());
    for at in 0..text.len() {
        for bit in 0..8 {
            let mut bytes = text.clone().into_bytes();
            bytes[at] ^= 1 << bit;
            // A receipt is a `str`, so bytes that are not UTF-8 cannot reach `verify`.
            if let Ok(flipped) = String::from_utf8(bytes) {
                assert!(verify(&flipped, &public).is_err(), "bit {bit} of byte {at}: {flipped}");
            }
        }
    }
}

#[test]
fn a_failed_verification_names_the_defective_part() {
    let forged = "`signed`: the signature is forged";
    for (pointer, value, expected) in [
        ("/statement/kind", json!("countersign receipt 2"), "`kind` must be `countersign receipt 1`"),
        ("/statement/asked/intent", json!("Read"), "`asked` contradicts the records"),
        ("/statement/asked/digest", json!(""), "`asked` contradicts the records"),
        ("/statement/approved/0/subject", json!("bob"), "`approved` contradicts the records"),
        ("/statement/approved/0/at", json!(NOON), "`approved` contradicts the records"),
        ("/statement/on_behalf_of/subject", json!("bob"), "`on_behalf_of` contradicts the records"),
        ("/statement/ran/outcome", json!({"end": "done"}), "`ran` contradicts the records"),
        ("/statement/ran", json!(null), "`ran` contradicts the records"),
        ("/statement/opened/body/approval/given/0/subject", json!("bob"), "`opened`: it was changed"),
        ("/statement/opened/seq", json!(4), "`opened`: it was changed"),
        ("/statement/opened/hash", json!(NOTHING), "`opened`: it was changed"),
        ("/statement/opened/signed/key", json!("k9"), "`opened`: the signing key `k9` is not known"),
        ("/statement/opened/signed/key", json!("k2"), "`opened`: the signature is forged"),
        ("/statement/closed/body/outcome", json!({"end": "done"}), "`closed`: it was changed"),
        ("/statement/closed", json!(null), "`ran` contradicts the records"),
        ("/signed/signature", json!(""), forged),
        ("/signed/key", json!("k2"), forged),
    ] {
        let mut value_of: Value = serde_json::from_str(&text()).unwrap();
        *value_of.pointer_mut(pointer).unwrap() = value;
        let error = verify(&value_of.to_string(), &keys("k1").public()).unwrap_err();
        assert_eq!(error.to_string(), expected, "{pointer}");
    }
    let unsigned = {
        let mut value: Value = serde_json::from_str(&text()).unwrap();
        value["statement"]["closed"] = json!(null);
        value["statement"]["ran"] = json!(null);
        value.to_string()
    };
    let error = verify(&unsigned, &keys("k1").public()).unwrap_err();
    assert_eq!(error.to_string(), forged, "an outcome cannot be left out");
    let twice = text().replacen("\"kind\":", "\"kind\": \"x\", \"kind\":", 1);
    let more = text().replacen("\"kind\":", "\"kin\": \"x\", \"kind\":", 1);
    for no_receipt in ["", "{}", "[]", &twice, &more] {
        let error = verify(no_receipt, &keys("k1").public()).unwrap_err();
        assert!(matches!(error, BadReceipt::Shape(_)), "{error}");
    }
    assert!(matches!(verify(&text(), &PublicKeys::default()), Err(BadReceipt::Opened(Flaw::Signature(_)))));
}

#[test]
fn a_receipt_needs_an_approved_entry_and_its_own_outcome() {
    let keys = keys("k1");
    let (opened, closed) = records("k1");
    let (other, _) = records("k2");
    let reading = Body::Opened(Opened::from(entry(&actor("acme", "ada"), NOON)));
    let reading = Record::seal(CHAIN, 1, NOTHING, &reading, &keys).unwrap();
    assert_eq!(make(reading, None, &keys), Err(BadReceipt::NoYes));
    assert_eq!(make(closed.clone(), None, &keys), Err(BadReceipt::NoYes));
    assert_eq!(make(opened.clone(), Some(other), &keys), Err(BadReceipt::OtherEnd));
    let Body::Closed(end) = closed.body else { panic!() };
    for wrong in [
        Closed { entry: EntryId(format!("{CHAIN} 000000000002")), ..end.clone() },
        Closed { hash: NOTHING.into(), ..end.clone() },
    ] {
        let record = Record::seal(CHAIN, 4, NOTHING, &Body::Closed(wrong), &keys).unwrap();
        assert_eq!(make(opened.clone(), Some(record), &keys), Err(BadReceipt::OtherEnd));
    }
}

/// Records of an action that Ada approved by CIBA and Bob by the passkey of `authenticator`, who signed `challenge`.
fn by_passkey(authenticator: &mut Authenticator, challenge: &[u8], change: impl Fn(&mut GivenApproval)) -> Record {
    let party = RelyingParty { id: "help.example".into(), origin: "https://help.example".into() };
    let key = authenticator.register(&party, &[1]).verify(&party, &[1]).unwrap().key;
    let assertion = serde_json::to_string(&authenticator.assert(&party, challenge).with_key(key)).unwrap();
    let mut opened = Opened::from(elevated(&actor("acme", "ada"), NOON, 1));
    let approval = opened.approval.as_mut().unwrap();
    let mut given = GivenApproval {
        channel: Channel::SecondPerson,
        subject: "bob".into(),
        evidence: names::hash(&assertion),
        assertion: Some(assertion),
        ..approval.given[0].clone()
    };
    change(&mut given);
    approval.given.push(given);
    Record::seal(CHAIN, 3, NOTHING, &Body::Opened(opened), &keys("k1")).unwrap()
}

/// Whoever signs the ledger can write any record. The signature of a passkey they cannot make.
#[test]
fn a_receipt_proves_what_a_passkey_signed_even_against_the_ledgers_own_key() {
    let digest = webauthn::challenge(&"d1".repeat(32)).unwrap();
    let verify = |opened: Record| {
        let text = make(opened, None, &keys("k1")).unwrap();
        verify(&text, &keys("k1").public()).map(|receipt| receipt.statement.approved).map_err(|error| error.to_string())
    };
    let mut passkey = Authenticator::new("bob");
    let unchanged = |_: &mut GivenApproval| ();
    let approved = verify(by_passkey(&mut passkey, &digest, unchanged)).unwrap();
    assert_eq!(approved[1].verify(&fakes::approval(1), &"d1".repeat(32)), Ok(Some("https://help.example".to_owned())));
    let altered = |given: &mut GivenApproval| {
        let mut assertion: SignedAssertion = serde_json::from_str(given.assertion.as_ref().unwrap()).unwrap();
        let mut signature = assertion.signature.as_slice().to_vec();
        *signature.last_mut().unwrap() ^= 1;
        assertion.signature = Bytes::try_from(signature).unwrap();
        let assertion = serde_json::to_string(&assertion).unwrap();
        (given.evidence, given.assertion) = (names::hash(&assertion), Some(assertion));
    };
    let without = |given: &mut GivenApproval| given.assertion = None;
    let other_hash = |given: &mut GivenApproval| given.evidence = "0".repeat(64);
    let pretended = |given: &mut GivenApproval| given.channel = Channel::Ciba;
    let channel = "`approved`: the assertion is missing, or has no place here";
    for (challenge, change, expected) in [
        (&[7; 32], &unchanged as &dyn Fn(&mut GivenApproval), "`approved`: the response answers another challenge"),
        (&digest, &altered, "`approved`: the signature is forged"),
        (&digest, &without, channel),
        (&digest, &pretended, channel),
        (&digest, &other_hash, "`approved`: the assertion is another one"),
    ] {
        assert_eq!(verify(by_passkey(&mut passkey, challenge, change)).unwrap_err(), expected);
    }
    passkey.flags = 1;
    let unverified = verify(by_passkey_unverified(&mut passkey, &digest));
    assert_eq!(unverified.unwrap_err(), "`approved`: the user was not verified");
}

/// The same with an authenticator that verified its user only at registration.
fn by_passkey_unverified(authenticator: &mut Authenticator, challenge: &[u8]) -> Record {
    let party = RelyingParty { id: "help.example".into(), origin: "https://help.example".into() };
    authenticator.flags = webauthn::fakes::VERIFIED;
    let key = authenticator.register(&party, &[1]).verify(&party, &[1]).unwrap().key;
    authenticator.flags = 1;
    let assertion = serde_json::to_string(&authenticator.assert(&party, challenge).with_key(key)).unwrap();
    let mut honest = Authenticator::new("other");
    by_passkey(&mut honest, challenge, |given| {
        given.evidence = names::hash(&assertion);
        given.assertion = Some(assertion.clone());
    })
}

/// Returns the record of an action that a standing approval of Ada decided about, or with which she gave it.
fn by_standing(challenge: Option<&str>, used: Option<u32>, change: impl Fn(&mut Opened)) -> Record {
    let party = RelyingParty { id: "help.example".into(), origin: "https://help.example".into() };
    let ada = actor("acme", "ada");
    let mut opened = Opened::from(elevated(&ada, NOON, 1));
    let limits = StandingLimits {
        id: fakes::approval(1),
        question: "d1".repeat(32),
        issuer: ada.issuer().into(),
        subject: ada.subject().into(),
        tenant: ada.tenant().into(),
        tool: opened.tool.clone(),
        definition: "ef".repeat(32),
        arguments: vec!["a1".repeat(32)],
        uses: 10,
        until: NOON,
    };
    let mut passkey = Authenticator::new("ada");
    let key = passkey.register(&party, &[1]).verify(&party, &[1]).unwrap().key;
    let digest = challenge.map_or_else(|| limits.digest().unwrap(), str::to_owned);
    let assertion = passkey.assert(&party, &webauthn::challenge(&digest).unwrap()).with_key(key);
    let assertion = serde_json::to_string(&assertion).unwrap();
    let approval = opened.approval.as_mut().unwrap();
    if let Some(number) = used {
        (approval.id, approval.digest) = (limits.use_id(number), "d2".repeat(32));
    }
    let given = &mut approval.given[0];
    given.channel = Channel::Passkey;
    (given.evidence, given.assertion) = (names::hash(&assertion), Some(assertion));
    given.standing = Some(Box::new(Standing { limits, used }));
    change(&mut opened);
    Record::seal(CHAIN, 3, NOTHING, &Body::Opened(opened), &keys("k1")).unwrap()
}

fn standing_of(opened: &mut Opened) -> &mut Standing {
    opened.approval.as_mut().unwrap().given[0].standing.as_mut().unwrap()
}

#[test]
fn a_receipt_proves_the_limits_of_a_standing_approval_and_the_number_of_its_use() {
    let verified = |opened: Record| {
        let text = make(opened, None, &keys("k1")).unwrap();
        verify(&text, &keys("k1").public()).map(|_| ()).map_err(|error| error.to_string())
    };
    let unchanged = |_: &mut Opened| ();
    for used in [None, Some(1), Some(10)] {
        assert_eq!(verified(by_standing(None, used, unchanged)), Ok(()), "{used:?}");
    }
    let (limits, signature) =
        ("`approved`: the standing approval does not allow it", "`approved`: the response answers another challenge");
    let question = "d1".repeat(32);
    for (name, challenge, used, change, expected) in [
        ("only the question was signed", Some(question.as_str()), None, &unchanged as &dyn Fn(&mut Opened), signature),
        ("more uses", None, Some(1), &|opened| standing_of(opened).limits.uses = 11, signature),
        ("a later end", None, Some(1), &|opened| standing_of(opened).limits.until += 1, signature),
        ("one use too many", None, Some(11), &unchanged, limits),
        ("another number", None, Some(1), &|opened| standing_of(opened).used = Some(2), limits),
        ("a use as the approval itself", None, Some(1), &|opened| standing_of(opened).used = None, limits),
        (
            "given with another request",
            None,
            None,
            &|opened| opened.approval.as_mut().unwrap().digest = "d2".repeat(32),
            limits,
        ),
        ("after its end", None, Some(1), &|opened| opened.approval.as_mut().unwrap().given[0].at = NOON, limits),
        (
            "of another person",
            None,
            Some(1),
            &|opened| opened.approval.as_mut().unwrap().given[0].subject = "bob".into(),
            limits,
        ),
        ("for another tool", None, Some(1), &|opened| opened.tool = ToolName("other".into()), limits),
        ("of another organization", None, Some(1), &|opened| opened.tenant = "umbrella".into(), limits),
    ] {
        assert_eq!(verified(by_standing(challenge, used, change)).unwrap_err(), expected, "{name}");
    }
}
