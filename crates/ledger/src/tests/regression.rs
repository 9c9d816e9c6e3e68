//! Rollback protection: an instance appends to no chain that has lost records which it has seen.

use super::{instance, store};
use crate::fakes::{DAY, NOON, actor, elevated, entry};
use crate::{LedgerStore, Row, SignedLedger, names};
use agent::ports::{Ledger, OpenError};

async fn is_refused(ledger: &SignedLedger, number: u8, at: i64, reason: &str) {
    let error = ledger.open(elevated(&actor("acme", "ada"), at, number)).await.unwrap_err();
    let OpenError::Unavailable(error) = error else { panic!("{error:?}") };
    assert!(error.cause.contains("fails verification at ") && error.cause.contains(reason), "{reason}: {error}");
}

#[tokio::test]
async fn an_entry_removed_together_with_its_head_is_not_overwritten() {
    let (store, ada) = (store(), actor("acme", "ada"));
    let ledger = instance(&store);
    ledger.open(entry(&ada, NOON)).await.unwrap();
    let before = store.everything();
    let taken = ledger.open(elevated(&ada, NOON, 1)).await.unwrap();
    store.put_back(&before);
    for number in [2, 3] {
        is_refused(&ledger, number, NOON, "put back to record 1, record 2 was seen before").await;
    }
    // Nor is the next day begun after the restored head, nor the entry closed.
    is_refused(&ledger, 4, NOON + DAY, "put back to record 1").await;
    assert!(ledger.close(&taken, agent::ports::Outcome::Done, NOON).await.is_err());
    assert_eq!(store.everything(), before, "nothing was written");
}

#[tokio::test]
async fn a_removed_chain_is_not_started_again() {
    let (store, ada) = (store(), actor("acme", "ada"));
    let ledger = instance(&store);
    ledger.open(entry(&ada, NOON)).await.unwrap();
    store.put_back(&[]);
    is_refused(&ledger, 1, NOON, "the chain is gone").await;
    is_refused(&ledger, 1, NOON + DAY, "the chain is gone").await;
    assert_eq!(store.everything(), []);
}

/// Another instance that has not seen the chain appends after a head that was put back.
#[tokio::test]
async fn a_longer_chain_without_the_known_records_is_refused() {
    let (store, ada) = (store(), actor("acme", "ada"));
    let ledger = instance(&store);
    ledger.open(entry(&ada, NOON)).await.unwrap();
    let before = store.everything();
    let taken = ledger.open(elevated(&ada, NOON, 1)).await.unwrap();
    let (chain, seq) = names::place(&taken).unwrap();
    let record = store.row(&names::record(chain, seq)).await.unwrap().unwrap();
    store.put_back(&before);
    while store.row(&names::record(chain, 3)).await.unwrap().is_none() {
        instance(&store).open(entry(&ada, NOON)).await.unwrap();
    }
    is_refused(&ledger, 2, NOON, "record 2 was removed or replaced").await;
    // The record that was seen is put back in its place, but no unbroken sequence leads from it to the head.
    store.put(record);
    is_refused(&ledger, 2, NOON, "record 3 was removed or replaced").await;
}

/// An older valid record stored in place of a newer one would make the next day follow the wrong chain.
#[tokio::test]
async fn no_day_starts_after_a_list_record_that_was_moved() {
    let (store, ada) = (store(), actor("acme", "ada"));
    let ledger = instance(&store);
    for day in 0..2 {
        ledger.open(entry(&ada, NOON + day * DAY)).await.unwrap();
    }
    let list = names::index("acme");
    let older = store.row(&names::record(&list, 1)).await.unwrap().unwrap();
    store.put(Row { key: names::record(&list, 2), ..older });
    let before = store.everything();
    assert!(ledger.open(entry(&ada, NOON + 2 * DAY)).await.is_err());
    assert_eq!(store.everything(), before, "nothing was written");
}

#[tokio::test]
async fn records_of_other_instances_are_not_taken_for_tampering() {
    let (store, ada) = (store(), actor("acme", "ada"));
    let ledgers: Vec<_> = (0..40).map(|_| instance(&store)).collect();
    for ledger in ledgers.iter().chain(&ledgers).chain(&ledgers) {
        ledger.open(entry(&ada, NOON)).await.unwrap();
    }
    ledgers[0].open(entry(&ada, NOON + DAY)).await.unwrap();
}
