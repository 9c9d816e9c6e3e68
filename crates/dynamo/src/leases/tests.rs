#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;
use crate::conversations::tests::ring;
use crate::item::n;
use crate::test_table::{TABLE, table};
use aws_sdk_dynamodb::types::AttributeValue;
use ledger::fakes::actor;

async fn leases() -> DynamoLeases {
    DynamoLeases::new(table().await, TABLE.to_owned(), ring())
}

fn id(byte: u8) -> ConversationId {
    ConversationId::from_random([byte; 26])
}

fn instance(name: &str) -> LeaseId {
    LeaseId(name.to_owned())
}

#[tokio::test]
async fn a_lease_is_taken_over_only_if_it_is_unchanged_since_it_was_seen() {
    let leases = leases().await;
    let (ada, id) = (actor("acme", "ada"), id(1));
    let take =
        async |by: &str, gone: Option<&Holder>| leases.take(&ada, &id, &instance(by), gone).await.unwrap().is_some();
    assert!(take("a", None).await);
    assert!(!take("b", None).await, "another instance holds it");
    let seen = leases.queue().await.unwrap().remove(0).holder.unwrap();
    assert_eq!(seen.by, instance("a"));
    assert!(take("a", None).await, "renewed");
    assert!(!take("b", Some(&seen)).await, "its holder has renewed it");
    let seen = leases.queue().await.unwrap().remove(0).holder.unwrap();
    assert!(take("b", Some(&seen)).await, "unchanged");
    assert!(!take("c", Some(&seen)).await, "the first instance took it");
    assert!(!take("a", None).await, "an instance that lost the lease cannot renew it");
    leases.release(&ada, &id, &instance("a")).await.unwrap();
    assert!(!take("c", None).await, "an instance that lost the lease cannot release it");
    leases.release(&ada, &id, &instance("b")).await.unwrap();
    assert!(take("c", None).await);
}

#[tokio::test]
async fn a_forged_queue_entry_is_skipped_and_stops_nobody() {
    let leases = leases().await;
    let (ada, eve) = (actor("acme", "ada"), actor("acme", "eve"));
    for (person, byte) in [(&ada, 1), (&eve, 2)] {
        leases.take(person, &id(byte), &instance("a"), None).await.unwrap();
    }
    let put = async |item: Item| {
        leases.client.put_item().table_name(TABLE).set_item(Some(item)).send().await.unwrap();
    };
    let (pk, sk) = keys::work(&eve, &id(2));
    let request = leases.client.get_item().table_name(TABLE).key("pk", s(&pk)).key("sk", s(&sk));
    let eves = request.send().await.unwrap().item.unwrap();
    let (ada_pk, ada_sk) = keys::work(&ada, &id(3));
    let at = |pk: &str, sk: &str| Item::from([("pk".to_owned(), s(pk)), ("sk".to_owned(), s(sk))]);
    // An entry of Eve's moved to where Ada's would be, a made-up one, and one with wrong types.
    let mut moved = eves.clone();
    moved.extend(at(&ada_pk, &ada_sk));
    put(moved).await;
    let mut forged = at("work#0", "conv#forged");
    forged.insert("evidence".to_owned(), s(r#"{"issuer":"i","subject":"admin"}"#));
    put(forged).await;
    let mut odd = at("work#1", "conv#odd");
    odd.extend([("key".to_owned(), n(1)), ("sealed".to_owned(), AttributeValue::Bool(true))]);
    put(odd).await;
    let mut found: Vec<_> =
        leases.queue().await.unwrap().into_iter().map(|work| work.actor.subject().to_owned()).collect();
    found.sort();
    assert_eq!(found, ["ada", "eve"]);
}
