#![expect(clippy::unwrap_used, reason = "tests")]

use super::chain::Chain;
use super::finding::Wrong;
use crate::body::{Body, Opened};
use crate::fakes::{NOON, actor, entry, keys};
use crate::record::{NOTHING, Record};
use crate::signing::BadSignature;
use crate::tests::attribute;
use crate::{Day, Key, LedgerKeys, Row, Value, names};

/// Number of records in the test chain.
const LENGTH: u64 = 12;

/// Returns the rows of a chain of records; the last row is its head.
fn chain(name: &str) -> Vec<Row> {
    let keys = keys("k1");
    let mut before = NOTHING.to_owned();
    let mut rows = Vec::new();
    let mut head = None;
    for seq in 1..=LENGTH {
        let body = Body::Opened(Opened::from(entry(&actor("acme", "ada"), NOON + seq as i64)));
        let record = Record::seal(name, seq, &before, &body, &keys).unwrap();
        before = record.hash.clone();
        rows.push(record.row().unwrap());
        head = Some(record.head(&keys).unwrap());
    }
    rows.push(head.unwrap().row());
    rows
}

fn name(shard: u8) -> String {
    names::chain("acme", Day::of(NOON).unwrap(), shard)
}

/// Returns the record number and the defect of each finding.
fn found(rows: &[Row]) -> Vec<(Option<u64>, Wrong)> {
    let findings = Chain::of(&name(0), rows).check(Some(NOTHING), &keys("k1").public());
    findings.into_iter().map(|finding| (finding.seq, finding.wrong)).collect()
}

/// Returns the record numbers of all findings.
fn places(rows: &[Row]) -> Vec<u64> {
    found(rows).into_iter().filter_map(|(seq, _)| seq).collect()
}

#[test]
fn an_unchanged_ledger_verifies() {
    assert_eq!(found(&chain(&name(0))), []);
}

#[test]
fn every_change_of_every_attribute_is_found_where_it_is() {
    let good = chain(&name(0));
    for (at, row) in good.iter().enumerate() {
        let seq = (at < LENGTH as usize).then_some(at as u64 + 1);
        for (attribute, value) in &row.attributes {
            for (how, change) in changes(value) {
                let mut rows = good.clone();
                match change {
                    Some(value) => rows[at].attributes.insert(attribute.clone(), value),
                    None => rows[at].attributes.remove(attribute),
                };
                let found = found(&rows);
                assert_eq!(found.len(), 1, "{attribute} {how} at {seq:?}: {found:?}");
                // A head that was changed to another number may be reported as missing records up to that number.
                assert!(seq.is_none() || found[0].0 == seq, "{attribute} {how} at {seq:?}: {found:?}");
            }
        }
        let mut rows = good.clone();
        rows[at].attributes.insert("ttl".into(), Value::number(1));
        assert_eq!(found(&rows).len(), 1, "a date of deletion at {seq:?}");
    }
}

fn changes(value: &Value) -> Vec<(&'static str, Option<Value>)> {
    let mut changes = vec![("removed", None), ("of another type", Some(Value::Other))];
    match value {
        Value::Text(text) => {
            let (first, rest) = text.split_at(1);
            let other = if first == "0" { "1" } else { "0" };
            changes.push(("begins otherwise", Some(Value::text(format!("{other}{rest}")))));
            changes.push(("longer", Some(Value::text(format!("{text} ")))));
            changes.push(("empty", Some(Value::text(""))));
        }
        Value::Number(number) => {
            let number: u64 = number.parse().unwrap();
            changes.push(("one more", Some(Value::number(number + 1))));
            changes.push(("one less", Some(Value::number(number - 1))));
        }
        Value::Other => panic!("the ledger writes no such value"),
    }
    changes
}

#[test]
fn every_removal_is_found_and_named() {
    let good = chain(&name(0));
    for first in 1..=LENGTH {
        for last in first..=LENGTH {
            let keep = |seq: u64| !(first..=last).contains(&seq);
            let rows: Vec<_> = (1..).zip(&good).filter(|(seq, _)| keep(*seq)).map(|(_, row)| row.clone()).collect();
            assert_eq!(found(&rows), [(Some(first), Wrong::Removed(last))], "{first} to {last}");
        }
    }
    assert_eq!(found(&good[..LENGTH as usize]), [(None, Wrong::NoHead)]);
    assert_eq!(found(&[]), [(None, Wrong::ChainRemoved)]);
}

#[test]
fn every_swap_is_found_at_both_places() {
    let good = chain(&name(0));
    for a in 1..LENGTH {
        for b in a + 1..=LENGTH {
            let mut rows = good.clone();
            let (one, other) = (a as usize - 1, b as usize - 1);
            rows.swap(one, other);
            for at in [one, other] {
                rows[at].key = good[at].key.clone();
            }
            let expected = [(Some(a), Wrong::Moved(b)), (Some(b), Wrong::Moved(a))];
            assert_eq!(found(&rows), expected, "{a} and {b}");
        }
    }
}

#[test]
fn rows_of_another_chain_are_found() {
    let (good, other) = (chain(&name(0)), chain(&name(1)));
    for at in 0..good.len() {
        let mut rows = good.clone();
        rows[at] = other[at].clone();
        let found = found(&rows);
        let seq = (at < LENGTH as usize).then_some(at as u64 + 1);
        assert_eq!((found.len(), found[0].0), (1, seq), "a row of another chain at {at}: {found:?}");
    }
    let mut rows = good.clone();
    rows.push(Row { key: names::record(&name(0), LENGTH + 1), ..good[LENGTH as usize - 1].clone() });
    assert_eq!(places(&rows), [LENGTH + 1, LENGTH + 1], "moved here, and after the head");
    for sk in ["1", "0", "000000000000", "closed#1", "HEAD", "999999999999999999999", ""] {
        let mut rows = good.clone();
        rows.push(Row { key: Key::new(name(0), sk), ..good[0].clone() });
        assert_eq!(found(&rows), [(None, Wrong::Strange(sk.into()))]);
    }
}

/// An attacker without a key can recompute every hash, but then every signature from there on is wrong, and the head
/// no longer matches.
#[test]
fn a_rehashed_chain_is_found_by_its_signatures() {
    let good = chain(&name(0));
    let other = LedgerKeys::of("k1", [("k1", [7; 32].as_slice())]).unwrap();
    for at in 1..=LENGTH {
        let mut rows = good.clone();
        let mut before =
            if at == 1 { NOTHING.to_owned() } else { attribute(&good[at as usize - 2], "hash").to_owned() };
        for seq in at..=LENGTH {
            let body = Body::Opened(Opened::from(entry(&actor("acme", "eve"), NOON)));
            let record = Record::seal(&name(0), seq, &before, &body, &other).unwrap();
            before = record.hash.clone();
            rows[seq as usize - 1] = record.row().unwrap();
        }
        let forged = (at..=LENGTH).map(|seq| (Some(seq), Wrong::Signature(BadSignature::Forged)));
        assert_eq!(found(&rows), forged.collect::<Vec<_>>());
    }
    let findings = Chain::of(&name(0), &good).check(Some(NOTHING), &Default::default());
    assert_eq!(findings.len(), LENGTH as usize + 1, "no record verifies without keys");
}

#[test]
fn a_chain_must_follow_the_one_before_it() {
    let good = chain(&name(0));
    let findings = Chain::of(&name(0), &good).check(Some(&"1".repeat(64)), &keys("k1").public());
    assert_eq!(
        findings.iter().map(|finding| (finding.seq, &finding.wrong)).collect::<Vec<_>>(),
        [(Some(1), &Wrong::Unlinked)]
    );
}
