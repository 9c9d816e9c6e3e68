#![expect(clippy::unwrap_used, reason = "tests")]

use super::chain::Chain;
use super::finding::Wrong;
use crate::item::{Item, n, s};
use crate::ledger::body::{Body, Opened};
use crate::ledger::names::{self, Day};
use crate::ledger::record::{NOTHING, Record};
use crate::ledger::signing::BadSignature;
use crate::ledger::tests::bench::{NOON, actor, entry, keys};
use aws_sdk_dynamodb::types::AttributeValue;

/// Records in the chain of the tests.
const LENGTH: u64 = 12;

/// A chain of records and its head, which is the last item.
fn chain(name: &str) -> Vec<Item> {
    let keys = keys("k1");
    let mut before = NOTHING.to_owned();
    let mut items = Vec::new();
    let mut head = None;
    for seq in 1..=LENGTH {
        let body = Body::Opened(Opened::from(entry(&actor("acme", "ada"), NOON + seq as i64)));
        let record = Record::seal(name, seq, &before, &body, &keys).unwrap();
        before = record.hash.clone();
        items.push(record.item().unwrap());
        head = Some(record.head(&keys).unwrap());
    }
    items.push(head.unwrap().item());
    items
}

fn name(shard: u8) -> String {
    names::chain("acme", Day::of(NOON).unwrap(), shard)
}

/// Number and finding of everything that is wrong.
fn found(items: &[Item]) -> Vec<(Option<u64>, Wrong)> {
    let findings = Chain::of(&name(0), items).check(Some(NOTHING), &keys("k1").public());
    findings.into_iter().map(|finding| (finding.seq, finding.wrong)).collect()
}

/// Which records something is found with.
fn places(items: &[Item]) -> Vec<u64> {
    found(items).into_iter().filter_map(|(seq, _)| seq).collect()
}

#[test]
fn what_was_written_holds() {
    assert_eq!(found(&chain(&name(0))), []);
}

#[test]
fn every_change_of_every_attribute_is_found_where_it_is() {
    let good = chain(&name(0));
    for (at, item) in good.iter().enumerate() {
        let seq = (at < LENGTH as usize).then_some(at as u64 + 1);
        for attribute in item.keys().filter(|attribute| !matches!(attribute.as_str(), "pk" | "sk")) {
            for (how, change) in changes(&item[attribute]) {
                let mut items = good.clone();
                match change {
                    Some(value) => items[at].insert(attribute.clone(), value),
                    None => items[at].remove(attribute),
                };
                let found = found(&items);
                assert_eq!(found.len(), 1, "{attribute} {how} at {seq:?}: {found:?}");
                // A head that was changed to another number may name what is missing up to there.
                assert!(seq.is_none() || found[0].0 == seq, "{attribute} {how} at {seq:?}: {found:?}");
            }
        }
        let mut items = good.clone();
        items[at].insert("ttl".into(), n(1));
        assert_eq!(found(&items).len(), 1, "a date of deletion at {seq:?}");
    }
}

fn changes(value: &AttributeValue) -> Vec<(&'static str, Option<AttributeValue>)> {
    let mut changes = vec![("removed", None), ("of another type", Some(AttributeValue::Bool(true)))];
    match value {
        AttributeValue::S(text) => {
            let (first, rest) = text.split_at(1);
            let other = if first == "0" { "1" } else { "0" };
            changes.push(("begins otherwise", Some(s(format!("{other}{rest}")))));
            changes.push(("longer", Some(s(format!("{text} ")))));
            changes.push(("empty", Some(s(""))));
        }
        AttributeValue::N(number) => {
            let number: u64 = number.parse().unwrap();
            changes.push(("one more", Some(n(number + 1))));
            changes.push(("one less", Some(n(number - 1))));
        }
        other => panic!("{other:?}"),
    }
    changes
}

#[test]
fn every_removal_is_found_and_named() {
    let good = chain(&name(0));
    for first in 1..=LENGTH {
        for last in first..=LENGTH {
            let keep = |seq: u64| !(first..=last).contains(&seq);
            let items: Vec<_> = (1..).zip(&good).filter(|(seq, _)| keep(*seq)).map(|(_, item)| item.clone()).collect();
            assert_eq!(found(&items), [(Some(first), Wrong::Removed(last))], "{first} to {last}");
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
            let mut items = good.clone();
            let (one, other) = (a as usize - 1, b as usize - 1);
            items.swap(one, other);
            for at in [one, other] {
                let sk = good[at]["sk"].clone();
                items[at].insert("sk".into(), sk);
            }
            let expected = [(Some(a), Wrong::Moved(b)), (Some(b), Wrong::Moved(a))];
            assert_eq!(found(&items), expected, "{a} and {b}");
        }
    }
}

#[test]
fn what_comes_from_elsewhere_is_found() {
    let (good, other) = (chain(&name(0)), chain(&name(1)));
    for at in 0..good.len() {
        let mut items = good.clone();
        items[at] = other[at].clone();
        let found = found(&items);
        let seq = (at < LENGTH as usize).then_some(at as u64 + 1);
        assert_eq!((found.len(), found[0].0), (1, seq), "an item of another chain at {at}: {found:?}");
    }
    let mut items = good.clone();
    let mut late = good[LENGTH as usize - 1].clone();
    late.insert("sk".into(), s(names::record(LENGTH + 1)));
    items.push(late);
    assert_eq!(places(&items), [LENGTH + 1, LENGTH + 1], "moved here, and after the head");
    for sk in ["1", "0", "000000000000", "closed#1", "HEAD", "999999999999999999999", ""] {
        let mut items = good.clone();
        let mut strange = good[0].clone();
        strange.insert("sk".into(), s(sk));
        items.push(strange);
        assert_eq!(found(&items), [(None, Wrong::Strange(sk.into()))]);
    }
}

/// Who has no key may still compute every hash anew: then the signatures are wrong from there on, and at the head.
#[test]
fn a_chain_that_is_hashed_anew_is_found_by_its_signatures() {
    let good = chain(&name(0));
    let other = crate::ledger::LedgerKeys::of(
        &sealing::Keyring::parse(r#"{"current":"k1","keys":{"k1":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="}}"#)
            .unwrap(),
    )
    .unwrap();
    for at in 1..=LENGTH {
        let mut items = good.clone();
        let mut before =
            if at == 1 { NOTHING.to_owned() } else { good[at as usize - 2]["hash"].as_s().unwrap().clone() };
        for seq in at..=LENGTH {
            let body = Body::Opened(Opened::from(entry(&actor("acme", "eve"), NOON)));
            let record = Record::seal(&name(0), seq, &before, &body, &other).unwrap();
            before = record.hash.clone();
            items[seq as usize - 1] = record.item().unwrap();
        }
        let forged = (at..=LENGTH).map(|seq| (Some(seq), Wrong::Signature(BadSignature::Forged)));
        assert_eq!(found(&items), forged.collect::<Vec<_>>());
    }
    let findings = Chain::of(&name(0), &good).check(Some(NOTHING), &Default::default());
    assert_eq!(findings.len(), LENGTH as usize + 1, "and nothing holds without keys");
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
