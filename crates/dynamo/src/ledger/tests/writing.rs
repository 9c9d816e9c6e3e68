use super::bench::{DAY, NOON, TABLE, actor, approval, checked, elevated, entry, instance, keys, table};
use crate::ledger::{DynamoLedger, names};
use agent::ports::{Approval, Audit, Entry, EntryId, Filter, Ledger, OpenError, Outcome, Verdict};
use std::collections::{BTreeMap, BTreeSet};

#[tokio::test]
async fn what_is_written_holds_over_days_tenants_and_keys() {
    let client = table().await;
    let (first, second) = (instance(&client), DynamoLedger::new(client.clone(), TABLE.into(), keys("k2")));
    let mut open = Vec::new();
    for (day, ledger) in [(0, &first), (1, &first), (1, &second), (3, &second), (2, &first)] {
        for (tenant, subject) in [("acme", "ada"), ("b#c d", "bob")] {
            let entry = entry(&actor(tenant, subject), NOON + day * DAY);
            let id = ledger.open(entry.clone()).await.unwrap();
            // Closed by another instance, and on another day.
            second.close(&id, Outcome::Done, entry.at + DAY).await.unwrap();
            let refused = Entry { verdict: Verdict::Refused("denied".into()), ..entry.clone() };
            ledger.open(refused).await.unwrap();
            open.push(ledger.open(entry).await.unwrap());
        }
    }
    let report = checked(&first).await;
    assert_eq!(report.findings, []);
    assert_eq!((report.counts.tenants, report.counts.entries, report.counts.records), (2, 30, 40));
    let found: BTreeSet<_> = report.open.into_iter().map(|id| id.0).collect();
    assert_eq!(found, open.into_iter().map(|id| id.0).collect());
}

/// Two instances and fifty entries at once: each chain is gapless, and no entry is lost or written twice.
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
        let id = EntryId(id);
        let (chain, seq) = names::place(&id).unwrap();
        assert!(chains.entry(chain.to_owned()).or_default().insert(seq), "{id:?} twice");
    }
    assert!(chains.values().all(|seqs| seqs.iter().copied().eq(1..=seqs.len() as u64)), "{chains:?}");
    let report = checked(&instances[0]).await;
    assert_eq!((report.findings.as_slice(), report.counts.entries), ([].as_slice(), 50));
}

/// Chains begin, grow and end while they are read: none of it is taken for tampering.
#[tokio::test(flavor = "multi_thread")]
async fn a_ledger_that_grows_holds_at_every_moment() {
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
async fn of_twenty_that_rest_on_one_yes_one_is_allowed() {
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
    assert!(spent.iter().all(|id| *id == allowed[0]), "each names the one that spent it");
    let report = checked(&instance(&client)).await;
    assert_eq!((report.findings.as_slice(), report.counts.entries), ([].as_slice(), 1));
}

#[tokio::test]
async fn a_refused_entry_spends_nothing_and_another_yes_is_another_deed() {
    let client = table().await;
    let (ledger, ada) = (instance(&client), actor("acme", "ada"));
    let no = Entry { verdict: Verdict::Refused("denied".into()), ..elevated(&ada, NOON, 1) };
    ledger.open(no.clone()).await.unwrap();
    let unanswered = no.approval.clone().map(|approval| Approval { given: None, ..approval });
    ledger.open(Entry { approval: unanswered, ..no }).await.unwrap();
    for number in [1, 2] {
        ledger.open(elevated(&ada, NOON, number)).await.unwrap();
    }
    assert!(matches!(ledger.open(elevated(&ada, NOON, 1)).await, Err(OpenError::Spent(_))));
    assert_eq!(checked(&ledger).await.findings, []);
}

#[tokio::test]
async fn of_several_outcomes_the_first_counts() {
    let client = table().await;
    let (ledger, ada) = (instance(&client), actor("acme", "ada"));
    let id = ledger.open(entry(&ada, NOON)).await.unwrap();
    for (outcome, after) in [(Outcome::NotDone("no answer".into()), 250), (Outcome::Done, 300), (Outcome::Unknown, 1)] {
        ledger.close(&id, outcome, NOON + after).await.unwrap();
    }
    let ending = ledger.entries_of(&ada, NOON..NOON + 1, 9).await.unwrap().remove(0).ending.unwrap();
    assert_eq!((ending.outcome, ending.took), (Outcome::NotDone("no answer".into()), 250));
    assert_eq!(checked(&ledger).await.counts.records, 2);

    for nowhere in ["", "nowhere", "ledger#acme#2026-03-01#0 000000000099", &id.0.replace(" 0", " 1")] {
        assert!(ledger.close(&EntryId(nowhere.into()), Outcome::Done, NOON).await.is_err(), "{nowhere}");
    }
}

#[tokio::test]
async fn without_the_table_nothing_is_opened() {
    let client = table().await;
    let ledger = instance(&client);
    client.delete_table().table_name(TABLE).send().await.unwrap();
    let error = ledger.open(elevated(&actor("acme", "ada"), NOON, 1)).await.unwrap_err();
    assert!(matches!(error, OpenError::Unavailable(_)), "{error:?}");
    assert!(ledger.entries("acme", 0..NOON, &Filter::default(), 1).await.is_err());
    assert!(ledger.receipt("acme", &approval(1)).await.is_err());
}

/// What somebody else put there is nothing to build on: no deed is written after it, and so none is done.
#[tokio::test]
async fn nothing_is_written_after_a_forged_head() {
    let client = table().await;
    let ada = actor("acme", "ada");
    // Every shard has a head, so that a new instance finds one wherever it begins.
    let first = instance(&client);
    let tasks: Vec<_> = (0..64)
        .map(|_| {
            let (ledger, entry) = (first.clone(), entry(&ada, NOON));
            tokio::spawn(async move { ledger.open(entry).await.unwrap() })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    for shard in 0..names::SHARDS {
        let chain = names::chain("acme", names::Day::of(NOON).unwrap(), shard);
        let Some(head) = first.0.store.head(&chain).await.unwrap() else { panic!("no head in {chain}") };
        let mut item = head.item();
        item.insert("hash".into(), crate::item::s("0".repeat(64)));
        client.put_item().table_name(TABLE).set_item(Some(item)).send().await.unwrap();
    }
    let error = instance(&client).open(entry(&ada, NOON)).await.unwrap_err();
    assert!(matches!(&error, OpenError::Unavailable(error) if error.cause.contains("does not hold")), "{error:?}");
    // Nor is a new day begun after it.
    let error = instance(&client).open(entry(&ada, NOON + DAY)).await.unwrap_err();
    assert!(matches!(&error, OpenError::Unavailable(error) if error.cause.contains("does not hold")), "{error:?}");
    // The instance that knows better notices that the head is not its own.
    assert!(first.open(entry(&ada, NOON)).await.is_err());
}
