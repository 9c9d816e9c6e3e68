#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;
use crate::body::Opened;
use crate::fakes::{NOON, actor, elevated, entry, keys};
use crate::record::NOTHING;
use agent::ports::EntryId;
use serde_json::{Value, json};

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
    assert_eq!((statement.approved.subject.as_str(), statement.approved.at), ("ada", NOON - 1000));
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
        ("/statement/approved/subject", json!("bob"), "`approved` contradicts the records"),
        ("/statement/approved/at", json!(NOON), "`approved` contradicts the records"),
        ("/statement/on_behalf_of/subject", json!("bob"), "`on_behalf_of` contradicts the records"),
        ("/statement/ran/outcome", json!({"end": "done"}), "`ran` contradicts the records"),
        ("/statement/ran", json!(null), "`ran` contradicts the records"),
        ("/statement/opened/body/approval/given/subject", json!("bob"), "`opened`: it was changed"),
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
