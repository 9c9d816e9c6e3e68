//! Heads that a witness keeps show later which records were removed, replaced or cut off.

use super::{instance, store};
use crate::fakes::{DAY, NOON, actor, elevated, entry};
use crate::verify::{Finding, Scope, Wrong, verify};
use crate::witness::{Alarm, Witness};
use crate::{Day, Head, SignedLedger, names};
use agent::ports::{Ledger, Outcome};

fn today() -> Day {
    Day::of(NOON).unwrap()
}

async fn verified(ledger: &SignedLedger, witnessed: &[Head]) -> Vec<Finding> {
    let scope = Scope { witnessed: witnessed.to_vec(), ..Scope::default() };
    verify(ledger, &scope).await.unwrap().findings
}

#[tokio::test]
async fn heads_are_witnessed_once_and_a_witness_continues_where_its_file_ends() {
    let store = store();
    let (ledger, ada) = (instance(&store), actor("acme", "ada"));
    let mut witness = Witness::new(ledger.clone(), &[]);
    assert_eq!(witness.look(today()).await.unwrap().heads, [], "an empty store");
    ledger.open(entry(&ada, NOON)).await.unwrap();
    let mut kept = witness.look(today()).await.unwrap().heads;
    assert_eq!(kept.len(), 3, "tenants, chains, entries");
    assert_eq!(witness.look(today()).await.unwrap().heads, []);
    let id = ledger.open(entry(&ada, NOON)).await.unwrap();
    ledger.close(&id, Outcome::Done, NOON + DAY).await.unwrap();

    let mut again = Witness::new(ledger.clone(), &kept);
    let look = again.look(Day::of(NOON + DAY).unwrap()).await.unwrap();
    let chains: Vec<_> = look.heads.iter().map(|head| (names::day_of(&head.chain), head.seq)).collect();
    let (first, second) = (Day::of(NOON), Day::of(NOON + DAY));
    assert_eq!((chains, look.alarms), (vec![(None, 2), (first, 2), (second, 1)], vec![]));
    kept.extend(look.heads);
    assert_eq!(verified(&ledger, &kept).await, []);

    // A new tenant whose lists must be read, although the others were read before.
    ledger.open(entry(&actor("umbrella", "eve"), NOON + DAY)).await.unwrap();
    let tenants: Vec<_> =
        again.look(today()).await.unwrap().heads.iter().map(|head| names::tenant_of(&head.chain)).collect();
    let umbrella = Some("umbrella".to_owned());
    assert_eq!(tenants, [None, umbrella.clone(), umbrella]);
}

/// A new instance, which has seen nothing, appends after a head that was put back.
#[tokio::test]
async fn a_witness_names_removed_records_that_a_new_instance_never_saw() {
    let store = store();
    let (ledger, ada) = (instance(&store), actor("acme", "ada"));
    ledger.open(entry(&ada, NOON)).await.unwrap();
    let before = store.everything();
    let taken = ledger.open(elevated(&ada, NOON, 1)).await.unwrap();
    let (chain, seq) = names::place(&taken).map(|(chain, seq)| (chain.to_owned(), seq)).unwrap();
    let mut witness = Witness::new(ledger.clone(), &[]);
    let kept = witness.look(today()).await.unwrap().heads;

    store.put_back(&before);
    let found = |wrong| [Finding { chain: chain.clone(), seq: Some(seq), wrong }];
    assert_eq!(verified(&ledger, &kept).await, found(Wrong::CutOff(seq - 1)));
    let alarm = |reason: &str| vec![Alarm { chain: chain.clone(), reason: reason.to_owned() }];
    let expected = alarm("the head was put back to record 1, record 2 was seen before");
    assert_eq!(witness.look(today()).await.unwrap().alarms, expected);
    assert_eq!(witness.look(today()).await.unwrap().alarms, [], "raised once");

    while ledger.0.chains.record(&chain, seq).await.unwrap().is_none() {
        instance(&store).open(entry(&ada, NOON)).await.unwrap();
    }
    assert_eq!(verified(&ledger, &[]).await, [], "the store alone does not show it");
    assert_eq!(verified(&ledger, &kept).await, found(Wrong::Replaced));
    let look = Witness::new(ledger.clone(), &kept).look(today()).await.unwrap();
    assert_eq!(look.alarms, alarm("record 2 was removed or replaced since the chain was last seen"));
    assert!(look.heads.iter().all(|head| head.chain != chain), "nothing of that chain is witnessed any more");

    store.put_back(&[]);
    assert_eq!(verified(&ledger, &kept).await.len(), 3, "each witnessed chain is reported as missing");
    let look = Witness::new(ledger.clone(), &kept).look(today()).await.unwrap();
    assert_eq!((look.heads.len(), look.alarms.len()), (0, 3));
    store.fail();
    assert!(witness.look(today()).await.is_err(), "a failed read raises no alarm");
}
