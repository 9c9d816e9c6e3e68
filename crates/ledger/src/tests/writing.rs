use super::{checked, instance, store};
use crate::fakes::{DAY, NOON, actor, approval, elevated, entry, keys};
use crate::{Day, SignedLedger, Value, names};
use agent::ports::{Approval, Audit, Entry, EntryId, Filter, Ledger, OpenError, Outcome, Verdict};
use std::collections::BTreeSet;

#[tokio::test]
async fn written_records_verify_across_days_tenants_and_keys() {
    let store = store();
    let (first, second) = (instance(&store), SignedLedger::new(store.clone(), keys("k2")));
    let mut open = Vec::new();
    for (day, ledger) in [(0, &first), (1, &first), (1, &second), (3, &second), (2, &first)] {
        for (tenant, subject) in [("acme", "ada"), ("b#c d", "bob")] {
            let entry = entry(&actor(tenant, subject), NOON + day * DAY);
            let id = ledger.open(entry.clone()).await.unwrap();
            // Closed by another instance and on another day.
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

#[tokio::test]
async fn a_refused_entry_spends_no_approval_and_a_new_approval_allows_a_new_action() {
    let store = store();
    let (ledger, ada) = (instance(&store), actor("acme", "ada"));
    let no = Entry { verdict: Verdict::Refused("denied".into()), ..elevated(&ada, NOON, 1) };
    ledger.open(no.clone()).await.unwrap();
    let unanswered = no.approval.clone().map(|approval| Approval { given: Vec::new(), ..approval });
    ledger.open(Entry { approval: unanswered, ..no }).await.unwrap();
    for number in [1, 2] {
        ledger.open(elevated(&ada, NOON, number)).await.unwrap();
    }
    assert!(matches!(ledger.open(elevated(&ada, NOON, 1)).await, Err(OpenError::Spent(_))));
    assert_eq!(checked(&ledger).await.findings, []);
}

#[tokio::test]
async fn the_first_of_several_outcomes_counts() {
    let store = store();
    let (ledger, ada) = (instance(&store), actor("acme", "ada"));
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
async fn no_entry_is_opened_without_the_store() {
    let store = store();
    let ledger = instance(&store);
    store.fail();
    let error = ledger.open(elevated(&actor("acme", "ada"), NOON, 1)).await.unwrap_err();
    assert!(matches!(error, OpenError::Unavailable(_)), "{error:?}");
    assert!(ledger.search("acme", 0..NOON, &Filter::default(), 1).await.is_err());
    assert!(ledger.receipt("acme", &approval(1)).await.is_err());
}

/// An instance appends nothing after a forged head, so no action is performed.
#[tokio::test]
async fn nothing_is_written_after_a_forged_head() {
    let store = store();
    let ada = actor("acme", "ada");
    // Every shard gets a head, so that a new instance finds one whichever shard it starts at.
    let first = instance(&store);
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
        let chain = names::chain("acme", Day::of(NOON).unwrap(), shard);
        let Some(head) = first.0.chains.head(&chain).await.unwrap() else { panic!("no head in {chain}") };
        let mut row = head.row();
        row.attributes.insert("hash".into(), Value::text("0".repeat(64)));
        store.put(row);
    }
    let error = instance(&store).open(entry(&ada, NOON)).await.unwrap_err();
    assert!(matches!(&error, OpenError::Unavailable(error) if error.cause.contains("fails verification")), "{error:?}");
    // Nor does it begin a new day after it.
    let error = instance(&store).open(entry(&ada, NOON + DAY)).await.unwrap_err();
    assert!(matches!(&error, OpenError::Unavailable(error) if error.cause.contains("fails verification")), "{error:?}");
    // The instance that wrote the head notices that it was replaced.
    assert!(first.open(entry(&ada, NOON)).await.is_err());
}

#[tokio::test]
async fn a_marker_that_names_another_entry_closes_nothing() {
    let store = store();
    let (ledger, ada) = (instance(&store), actor("acme", "ada"));
    let own = ledger.open(elevated(&ada, NOON, 1)).await.unwrap();
    let refused = Entry { verdict: Verdict::Refused("denied".into()), ..elevated(&ada, NOON, 1) };
    let others = [
        ledger.open(elevated(&ada, NOON, 2)).await.unwrap(),
        ledger.open(elevated(&actor("other", "eve"), NOON, 1)).await.unwrap(),
        ledger.open(entry(&ada, NOON)).await.unwrap(),
        ledger.open(refused).await.unwrap(),
    ];
    for other in others {
        store.put(crate::signed_ledger::pointer(names::spent("acme", &approval(1)), &other));
        let again = ledger.open(elevated(&ada, NOON, 1)).await;
        assert!(matches!(again, Err(OpenError::Unavailable(_))), "{other:?}: {again:?}");
    }
    store.put(crate::signed_ledger::pointer(names::spent("acme", &approval(1)), &own));
    assert!(matches!(ledger.open(elevated(&ada, NOON, 1)).await, Err(OpenError::Spent(entry)) if entry == own));
}

#[tokio::test]
async fn an_entry_that_was_changed_is_not_closed() {
    let store = store();
    let (ledger, ada) = (instance(&store), actor("acme", "ada"));
    let id = ledger.open(entry(&ada, NOON)).await.unwrap();
    let (chain, seq) = names::place(&id).unwrap();
    let mut row = store.everything().into_iter().find(|row| row.key == names::record(chain, seq)).unwrap();
    let body = row.text("body").unwrap().replace("acme", "evil");
    row.attributes.insert("body".to_owned(), Value::text(&body));
    store.put(row);
    assert!(ledger.close(&id, Outcome::Done, NOON + 1).await.is_err());
}
