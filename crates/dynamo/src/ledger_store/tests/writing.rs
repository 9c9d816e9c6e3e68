//! The conditions of the table under concurrent writers.

use super::{checked, instance, place};
use crate::test_table::{TABLE, table};
use agent::ports::{Audit, EntryId, Filter, Ledger, OpenError, Outcome};
use ledger::fakes::{DAY, NOON, actor, approval, elevated, entry};
use std::collections::{BTreeMap, BTreeSet};

/// Two instances write fifty entries concurrently: each chain is gapless, and no entry is lost or written twice.
#[tokio::test(flavor = "multi_thread")]
async fn concurrent_entries_leave_no_gap() {
    let client = table().await;
    let instances = [instance(&client), instance(&client)];
    let ada = actor("acme", "ada");
    let tasks: Vec<_> = (0..50)
        .map(|number| {
            let (ledger, entry) = (instances[number % 2].clone(), entry(&ada, NOON));
            tokio::spawn(async move { ledger.open(entry).await.unwrap() })
        })
        .collect();
    let mut chains = BTreeMap::<String, BTreeSet<u64>>::new();
    for task in tasks {
        let EntryId(id) = task.await.unwrap();
        let (chain, seq) = place(&id);
        assert!(chains.entry(chain.to_owned()).or_default().insert(seq), "{id:?} twice");
    }
    assert!(chains.values().all(|seqs| seqs.iter().copied().eq(1..=seqs.len() as u64)), "{chains:?}");
    let report = checked(&instances[0]).await;
    assert_eq!((report.findings.as_slice(), report.counts.entries), ([].as_slice(), 50));
}

/// Verification reports no tampering while chains begin, grow and end.
#[tokio::test(flavor = "multi_thread")]
async fn a_growing_ledger_verifies_at_every_moment() {
    let client = table().await;
    let (ledger, ada) = (instance(&client), actor("acme", "ada"));
    let writing = {
        let (ledger, ada) = (ledger.clone(), ada.clone());
        tokio::spawn(async move {
            for number in 0..30 {
                let at = NOON + i64::from(number) * DAY / 8;
                let id = ledger.open(elevated(&ada, at, number)).await.unwrap();
                ledger.close(&id, Outcome::Done, at + DAY / 4).await.unwrap();
            }
        })
    };
    let mut looks = 0;
    while !writing.is_finished() {
        assert_eq!(checked(&ledger).await.findings, []);
        looks += 1;
    }
    writing.await.unwrap();
    assert!(looks > 1, "{looks}");
    assert_eq!(checked(&ledger).await.counts.records, 60);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_twenty_concurrent_entries_with_one_approval_one_is_allowed() {
    let client = table().await;
    let ada = actor("acme", "ada");
    let tasks: Vec<_> = (0..20)
        .map(|number| {
            let (ledger, entry) = (instance(&client), elevated(&ada, NOON + number, 1));
            tokio::spawn(async move { ledger.open(entry).await })
        })
        .collect();
    let (mut allowed, mut spent) = (Vec::new(), Vec::new());
    for task in tasks {
        match task.await.unwrap() {
            Ok(id) => allowed.push(id),
            Err(OpenError::Spent(id)) => spent.push(id),
            Err(OpenError::Unavailable(error)) => panic!("{error}"),
        }
    }
    assert_eq!((allowed.len(), spent.len()), (1, 19));
    assert!(spent.iter().all(|id| *id == allowed[0]), "each refusal names the entry that spent the approval");
    let report = checked(&instance(&client)).await;
    assert_eq!((report.findings.as_slice(), report.counts.entries), ([].as_slice(), 1));
}

#[tokio::test]
async fn no_entry_is_opened_without_the_table() {
    let client = table().await;
    let ledger = instance(&client);
    client.delete_table().table_name(TABLE).send().await.unwrap();
    let error = ledger.open(elevated(&actor("acme", "ada"), NOON, 1)).await.unwrap_err();
    assert!(matches!(error, OpenError::Unavailable(_)), "{error:?}");
    assert!(ledger.search("acme", 0..NOON, &Filter::default(), 1).await.is_err());
    assert!(ledger.receipt("acme", &approval(1)).await.is_err());
}
