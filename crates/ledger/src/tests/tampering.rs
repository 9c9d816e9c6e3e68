//! Tampering with chains and markers is detected and located. The tests of single chains are in `verify`, those of
//! each row in a real table beside the store.

use super::{checked, instance, store};
use crate::fakes::{DAY, MemoryStore, NOON, actor, approval, elevated, fill};
use crate::signed_ledger::pointer;
use crate::verify::{Finding, Scope, Wrong, heads, verify};
use crate::{Head, Key, Row, SignedLedger, names};
use agent::ports::{Entry, EntryId, Ledger, Outcome};
use std::sync::Arc;

async fn lived_in() -> (Arc<MemoryStore>, SignedLedger) {
    let store = store();
    let ledger = instance(&store);
    fill(&ledger).await;
    assert_eq!(checked(&ledger).await.findings, []);
    (store, ledger)
}

#[tokio::test]
async fn an_entirely_removed_chain_is_found() {
    let (store, ledger) = lived_in().await;
    let rows = store.everything();
    let chains: std::collections::BTreeSet<_> =
        rows.iter().map(|row| row.key.partition.clone()).filter(|name| name.starts_with("ledger")).collect();
    assert_eq!(chains.len(), 1 + 2 + 3, "{chains:?}");
    for chain in chains {
        let of_chain: Vec<_> = rows.iter().filter(|row| row.key.partition == chain).collect();
        for row in &of_chain {
            store.remove(&row.key);
        }
        let findings = checked(&ledger).await.findings;
        let gone = Finding { chain: chain.clone(), seq: None, wrong: Wrong::ChainRemoved };
        assert!(findings.contains(&gone), "{chain}: {findings:?}");
        for row in of_chain {
            store.put(row.clone());
        }
    }
    assert_eq!(checked(&ledger).await.findings, [], "the original state is restored");
}

#[tokio::test]
async fn items_that_the_ledger_did_not_write_are_found() {
    let (store, ledger) = lived_in().await;
    let rows = store.everything();
    let is_sample = |row: &&Row| row.key.partition.starts_with("ledger#acme") && row.key.sort == names::HEAD;
    let head = rows.iter().find(is_sample).unwrap();
    let chain = head.key.partition.as_str();
    let record = rows.iter().find(|row| row.key == names::record(chain, 1)).unwrap();
    let spent = |sort: &str, entry: EntryId| pointer(Key::new(names::spent_of("acme"), sort), &entry);
    let id = approval(7);
    let foreign = |chain: &str, row: &Row| Row { key: Key::new(chain, &row.key.sort), ..row.clone() };
    let planted = [
        ("a mark of an entry that does not exist", spent(id.as_str(), names::entry(chain, 99))),
        ("a mark of an entry with another approval", spent(id.as_str(), names::entry(chain, 1))),
        ("a mark of an entry without an approval", spent(id.as_str(), names::entry(chain, 4))),
        ("a mark of nothing", spent(id.as_str(), EntryId("nothing".into()))),
        ("a chain that is in no list", foreign("ledger#acme#2026-03-05#3", record)),
        ("a chain of a tenant that is in no list", foreign("ledger#secret#2026-03-05#3", head)),
        ("something else", foreign("ledger#acme", head)),
    ];
    for (what, row) in planted {
        store.put(row.clone());
        assert_ne!(checked(&ledger).await.findings, [], "{what}");
        store.remove(&row.key);
    }
    assert_eq!(checked(&ledger).await.findings, [], "the original state is restored");
}

/// The documented limit: restoring everything to an older state is detected by witnessed heads only.
#[tokio::test]
async fn an_older_state_is_found_by_witnessed_heads() {
    let (store, ledger) = lived_in().await;
    let before = store.everything();
    let id = ledger.open(elevated(&actor("acme", "ada"), NOON + DAY, 9)).await.unwrap();
    ledger.close(&id, Outcome::Done, NOON + DAY + 1).await.unwrap();
    let witnessed: Vec<Head> = heads(&ledger, &Scope::default()).await.unwrap();
    assert_eq!(witnessed.len(), 6);
    let scope = Scope { witnessed, ..Scope::default() };
    assert_eq!(verify(&ledger, &scope).await.unwrap().findings, []);

    let after = store.everything();
    for row in after.iter().filter(|row| row.key.partition == names::place(&id).unwrap().0) {
        store.remove(&row.key);
    }
    before.iter().for_each(|row| store.put(row.clone()));
    let findings = checked(&ledger).await.findings;
    assert_ne!(findings, [], "references to the removed records remain: {findings:?}");
    store.put_back(&after);
    assert_eq!(checked(&ledger).await.findings, []);
    store.put_back(&before);
    assert_eq!(checked(&ledger).await.findings, [], "the store alone does not show it");
    let findings = verify(&ledger, &scope).await.unwrap().findings;
    let (chain, seq) = names::place(&id).unwrap();
    let expected = Finding { chain: chain.to_owned(), seq: Some(seq + 1), wrong: Wrong::CutOff(seq - 1) };
    assert_eq!(findings, [expected]);

    store.put_back(&[]);
    assert_eq!(checked(&ledger).await.findings, [], "an empty store is an empty ledger");
    assert_eq!(verify(&ledger, &scope).await.unwrap().findings.len(), 6, "witnessed heads show that it was not empty");
    let mut forged = scope.clone();
    forged.witnessed[0].seq += 1;
    let findings = verify(&ledger, &forged).await.unwrap().findings;
    assert!(findings.iter().any(|finding| matches!(finding.wrong, Wrong::WitnessedSignature(_))), "{findings:?}");
}

#[tokio::test]
async fn a_scope_covers_only_its_tenant_and_days() {
    let (store, ledger) = lived_in().await;
    let doomed = store
        .everything()
        .into_iter()
        .find(|row| row.key.partition.starts_with("ledger#acme#2026-03-02") && row.key.sort == names::number(3));
    store.remove(&doomed.unwrap().key);
    let day = |text: &str| Some(text.parse().unwrap());
    for (tenant, from, to, wrong, chains) in [
        (None, None, None, true, 3),
        (Some("acme"), None, None, true, 2),
        (Some("umbrella"), None, None, false, 1),
        (Some("nobody"), None, None, false, 0),
        (None, day("2026-03-02"), None, true, 1),
        (None, None, day("2026-03-01"), false, 2),
        (None, day("2026-03-01"), day("2026-03-02"), true, 3),
        (None, day("2026-03-03"), None, false, 0),
    ] {
        let scope = Scope { tenant: tenant.map(str::to_owned), from, to, witnessed: Vec::new() };
        let report = verify(&ledger, &scope).await.unwrap();
        assert_eq!((report.findings.is_empty(), report.counts.chains), (!wrong, chains), "{scope:?} {report:?}");
    }
}

/// Violations that our code never commits but a stolen key allows: two actions with one approval, and an elevated
/// action without any.
#[tokio::test]
async fn actions_without_their_own_approval_are_found() {
    let store = store();
    let (ledger, ada) = (instance(&store), actor("acme", "ada"));
    let without = Entry { approval: None, ..elevated(&ada, NOON, 1) };
    let unsaid = elevated(&ada, NOON, 2);
    let unsaid =
        Entry { approval: unsaid.approval.map(|it| agent::ports::Approval { given: Vec::new(), ..it }), ..unsaid };
    let mut unproven = elevated(&ada, NOON, 4);
    unproven.approval.as_mut().unwrap().given[0].evidence.pop();
    let mut expected = Vec::new();
    for entry in [without, unsaid, unproven] {
        expected.push(ledger.open(entry).await.unwrap());
    }
    let findings = checked(&ledger).await.findings;
    let found: Vec<_> = findings.iter().map(|finding| names::entry(&finding.chain, finding.seq.unwrap())).collect();
    assert_eq!(found, expected);
    assert!(findings.iter().all(|finding| finding.wrong == Wrong::NoYes), "{findings:?}");

    let first = ledger.open(elevated(&ada, NOON, 3)).await.unwrap();
    store.remove(&names::spent("acme", &approval(3)));
    let second = ledger.open(elevated(&ada, NOON, 3)).await.unwrap();
    let findings = checked(&ledger).await.findings;
    let (chain, seq) = names::place(&second).unwrap();
    let twice = Finding { chain: chain.into(), seq: Some(seq), wrong: Wrong::SpentTwice(approval(3), first) };
    assert!(findings.contains(&twice), "{findings:?}");
}
