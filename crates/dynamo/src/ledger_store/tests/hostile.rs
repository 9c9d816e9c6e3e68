//! Tampering with any item of the ledger in a real table is detected and located.

use super::{checked, instance, place};
use crate::item::{Item, n, s};
use crate::test_table::{TABLE, table};
use agent::ports::{Audit, Verdict};
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use ledger::SignedLedger;
use ledger::fakes::{DAY, NOON, actor, fill};
use ledger::verify::Finding;

async fn lived_in() -> (Client, SignedLedger) {
    let client = table().await;
    let ledger = instance(&client);
    fill(&ledger).await;
    assert_eq!(checked(&ledger).await.findings, []);
    (client, ledger)
}

async fn everything(client: &Client) -> Vec<Item> {
    client.scan().table_name(TABLE).send().await.unwrap().items.unwrap()
}

async fn put(client: &Client, item: &Item) {
    client.put_item().table_name(TABLE).set_item(Some(item.clone())).send().await.unwrap();
}

async fn remove(client: &Client, item: &Item) {
    let request = client.delete_item().table_name(TABLE);
    request.key("pk", item["pk"].clone()).key("sk", item["sk"].clone()).send().await.unwrap();
}

fn key(item: &Item) -> (&str, &str) {
    (item["pk"].as_s().unwrap(), item["sk"].as_s().unwrap())
}

/// Returns whether a finding names this item: its record, or the entry that a marker belongs to.
fn is_about(finding: &Finding, item: &Item) -> bool {
    let (pk, sk) = key(item);
    let at = |entry: &str| (finding.chain.as_str(), finding.seq) == (place(entry).0, Some(place(entry).1));
    match item.get("entry") {
        Some(_) if pk.starts_with("ledger") => {
            finding.chain == pk && finding.seq == sk.strip_prefix("closed#").and_then(|seq| seq.parse().ok())
        }
        Some(entry) => at(entry.as_s().unwrap()),
        None => finding.chain == pk && (sk == "head" || finding.seq == sk.parse().ok()),
    }
}

#[tokio::test]
async fn every_removed_item_is_found() {
    let (client, ledger) = lived_in().await;
    let items = everything(&client).await;
    assert!(items.len() > 30, "{}", items.len());
    for item in &items {
        remove(&client, item).await;
        let findings = checked(&ledger).await.findings;
        assert!(findings.iter().any(|finding| is_about(finding, item)), "{:?}: {findings:?}", key(item));
        put(&client, item).await;
    }
    assert_eq!(checked(&ledger).await.findings, [], "the original state is restored");
}

#[tokio::test]
async fn every_changed_item_is_found() {
    let (client, ledger) = lived_in().await;
    for item in everything(&client).await {
        // The tests of a single chain cover the other attributes of a record without a table.
        let attributes = item.keys().filter(|attribute| !matches!(attribute.as_str(), "pk" | "sk"));
        for attribute in attributes.filter(|attribute| !item.contains_key("body") || *attribute == "body") {
            let value = match &item[attribute] {
                AttributeValue::S(text) => {
                    s(format!("{}{}", if text.starts_with('0') { "1" } else { "0" }, &text[1..]))
                }
                AttributeValue::N(number) => n(number.parse::<u64>().unwrap() + 1),
                other => panic!("{other:?}"),
            };
            for value in [value, AttributeValue::Bool(true)] {
                let mut changed = item.clone();
                changed.insert(attribute.clone(), value);
                put(&client, &changed).await;
                let findings = checked(&ledger).await.findings;
                assert!(findings.iter().any(|finding| is_about(finding, &item)), "{changed:?}: {findings:?}");
            }
        }
        let mut doomed = item.clone();
        doomed.insert("ttl".into(), n(1));
        put(&client, &doomed).await;
        let findings = checked(&ledger).await.findings;
        assert!(findings.iter().any(|finding| is_about(finding, &item)), "{:?} ttl: {findings:?}", key(&item));
        put(&client, &item).await;
    }
    assert_eq!(checked(&ledger).await.findings, [], "the original state is restored");
}

/// DynamoDB rejects a `BatchGetItem` with duplicate keys, so a forged marker must not lead to one.
#[tokio::test]
async fn a_forged_marker_that_names_another_outcome_does_not_stop_reading() {
    let (client, ledger) = lived_in().await;
    let mark = everything(&client).await.into_iter().find(|item| key(item).1.starts_with("closed#")).unwrap();
    let ada = actor("acme", "ada");
    let own = async || ledger.entries_of(&ada, 0..NOON + 9 * DAY, 99).await.unwrap();
    let open = own().await.into_iter().find(|entry| entry.ending.is_none() && entry.verdict == Verdict::Allowed);
    let id = open.unwrap().id.0;
    let (chain, seq) = place(&id);
    let mut planted = mark;
    planted.extend([("pk".to_owned(), s(chain)), ("sk".to_owned(), s(format!("closed#{seq:012}")))]);
    put(&client, &planted).await;
    assert_eq!(own().await.iter().filter(|entry| entry.ending.is_some()).count(), 2);
    let findings = checked(&ledger).await.findings;
    assert_eq!(
        findings.iter().map(|finding| (finding.chain.as_str(), finding.seq)).collect::<Vec<_>>(),
        [(chain, Some(seq))]
    );
}
