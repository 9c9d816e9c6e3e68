//! Heads never go backwards in the memory of an instance: it appends to no chain that lost what it has seen.

use super::bench::{DAY, NOON, TABLE, actor, elevated, entry, instance, table};
use crate::item::Item;
use crate::ledger::{DynamoLedger, names};
use agent::ports::{EntryId, Ledger, OpenError};
use aws_sdk_dynamodb::Client;

pub(super) async fn everything(client: &Client) -> Vec<Item> {
    client.scan().table_name(TABLE).send().await.unwrap().items.unwrap()
}

/// Puts the table back to an older state, without a trace.
pub(super) async fn put_back(client: &Client, before: &[Item]) {
    for item in everything(client).await {
        let request = client.delete_item().table_name(TABLE);
        request.key("pk", item["pk"].clone()).key("sk", item["sk"].clone()).send().await.unwrap();
    }
    for item in before {
        client.put_item().table_name(TABLE).set_item(Some(item.clone())).send().await.unwrap();
    }
}

async fn is_refused(ledger: &DynamoLedger, number: u8, at: i64, reason: &str) {
    let error = ledger.open(elevated(&actor("acme", "ada"), at, number)).await.unwrap_err();
    let OpenError::Unavailable(error) = error else { panic!("{error:?}") };
    assert!(error.cause.contains("does not hold at ") && error.cause.contains(reason), "{reason}: {error}");
}

#[tokio::test]
async fn an_entry_that_was_taken_out_with_its_head_is_not_written_over() {
    let (client, ada) = (table().await, actor("acme", "ada"));
    let ledger = instance(&client);
    ledger.open(entry(&ada, NOON)).await.unwrap();
    let before = everything(&client).await;
    let taken = ledger.open(elevated(&ada, NOON, 1)).await.unwrap();
    put_back(&client, &before).await;
    for number in [2, 3] {
        is_refused(&ledger, number, NOON, "put back to record 1, record 2 was seen before").await;
    }
    // Nor is the next day begun behind it, nor the entry closed.
    is_refused(&ledger, 4, NOON + DAY, "put back to record 1").await;
    assert!(ledger.close(&taken, agent::ports::Outcome::Done, NOON).await.is_err());
    assert_eq!(everything(&client).await.len(), before.len(), "nothing was written");
}

#[tokio::test]
async fn a_chain_that_was_removed_is_not_begun_again() {
    let (client, ada) = (table().await, actor("acme", "ada"));
    let ledger = instance(&client);
    ledger.open(entry(&ada, NOON)).await.unwrap();
    put_back(&client, &[]).await;
    is_refused(&ledger, 1, NOON, "the chain is gone").await;
    is_refused(&ledger, 1, NOON + DAY, "the chain is gone").await;
    assert_eq!(everything(&client).await, []);
}

/// Another instance, which has seen nothing, has written on behind a head that was put back.
#[tokio::test]
async fn a_longer_chain_that_does_not_contain_what_was_seen_is_refused() {
    let (client, ada) = (table().await, actor("acme", "ada"));
    let ledger = instance(&client);
    ledger.open(entry(&ada, NOON)).await.unwrap();
    let before = everything(&client).await;
    let EntryId(taken) = ledger.open(elevated(&ada, NOON, 1)).await.unwrap();
    let record = everything(&client).await.into_iter().find(|item| taken == place(item)).unwrap();
    put_back(&client, &before).await;
    let chain = names::place(&EntryId(taken.clone())).unwrap().0.to_owned();
    let mut other = instance(&client);
    while !everything(&client).await.iter().any(|item| place(item) == format!("{chain} {}", names::record(3))) {
        other.open(entry(&ada, NOON)).await.unwrap();
        other = instance(&client);
    }
    is_refused(&ledger, 2, NOON, "record 2 was removed or replaced").await;
    // The record that was seen, put back in its place: nothing leads from it to the head.
    client.put_item().table_name(TABLE).set_item(Some(record)).send().await.unwrap();
    is_refused(&ledger, 2, NOON, "record 3 was removed or replaced").await;
}

#[tokio::test]
async fn what_other_instances_append_is_no_regression() {
    let (client, ada) = (table().await, actor("acme", "ada"));
    let ledgers: Vec<_> = (0..40).map(|_| instance(&client)).collect();
    for ledger in ledgers.iter().chain(&ledgers).chain(&ledgers) {
        ledger.open(entry(&ada, NOON)).await.unwrap();
    }
    ledgers[0].open(entry(&ada, NOON + DAY)).await.unwrap();
}

fn place(item: &Item) -> String {
    let text = |key: &str| item[key].as_s().unwrap().clone();
    format!("{} {}", text("pk"), text("sk"))
}
