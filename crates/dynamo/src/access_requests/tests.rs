use super::*;
use crate::conversations::tests::ring;
use crate::test_table::{TABLE, table};
use agent::ToolName;
use agent::access::{AccessRequest, AccessRequestId, AccessState, GrantDuration};
use agent::permission::Permission;
use ledger::fakes::{NOON, actor};

async fn store() -> DynamoAccessRequests {
    DynamoAccessRequests::new(table().await, TABLE.to_owned(), ring())
}

fn request(asker: &Actor, byte: u8) -> AccessRequest {
    AccessRequest {
        id: AccessRequestId::from_random([byte; 26], asker),
        asker: asker.evidence().clone(),
        permission: Permission::new("can_call", &format!("tool:{byte}")).unwrap(),
        tool: ToolName("do".to_owned()),
        reason: "Because.".to_owned(),
        duration: GrantDuration::Hour,
        asked_at: NOON,
        place: None,
        state: AccessState::Open,
    }
}

fn of(requests: &[PersonRequests]) -> Vec<(String, usize)> {
    requests.iter().map(|own| (own.all()[0].asker.subject.clone(), own.all().len())).collect()
}

#[tokio::test]
async fn requests_are_kept_for_each_person_and_found_by_their_tenant() {
    let store = store().await;
    for (tenant, subject, byte) in [("acme", "eve", 1), ("acme", "bob", 2), ("acme#x", "eve", 3), ("other", "eve", 4)] {
        let asker = actor(tenant, subject);
        let (mut own, version) = store.of(&asker).await.unwrap();
        assert_eq!((own.all().len(), version), (0, RecordVersion(0)), "{tenant} {subject}");
        own.add(request(&asker, byte), NOON).unwrap();
        assert!(store.replace(&asker, &own, version).await.unwrap());
        let (kept, version) = store.of(&asker).await.unwrap();
        assert_eq!(
            (kept.all()[0].id.clone(), version),
            (AccessRequestId::from_random([byte; 26], &asker), RecordVersion(1))
        );
    }
    let mut acme = of(&store.of_tenant("acme").await.unwrap());
    acme.sort();
    assert_eq!(acme, [("bob".to_owned(), 1), ("eve".to_owned(), 1)]);
    assert_eq!(store.of_tenant("nobody").await.unwrap().len(), 0);
}

#[tokio::test]
async fn only_the_version_that_was_read_is_replaced() {
    let store = store().await;
    let eve = actor("acme", "eve");
    let (mut own, version) = store.of(&eve).await.unwrap();
    own.add(request(&eve, 1), NOON).unwrap();
    assert!(store.replace(&eve, &own, version).await.unwrap());
    assert!(!store.replace(&eve, &own, version).await.unwrap(), "another tab was faster");
    assert!(store.replace(&eve, &own, RecordVersion(1)).await.unwrap());
}

/// Write access to the table allows at worst to delete.
#[tokio::test]
async fn a_record_that_was_moved_or_made_up_is_not_read() {
    let store = store().await;
    let (eve, bob) = (actor("acme", "eve"), actor("acme", "bob"));
    let (mut own, version) = store.of(&eve).await.unwrap();
    own.add(request(&eve, 1), NOON).unwrap();
    store.replace(&eve, &own, version).await.unwrap();
    let (pk, sk) = keys::access_of(&eve);
    let found = store.client.get_item().table_name(TABLE).key("pk", s(&pk)).key("sk", s(&sk)).send().await.unwrap();
    let eves = found.item.unwrap();
    let ((bob_pk, bob_sk), (other_pk, other_sk)) = (keys::access_of(&bob), keys::access_of(&actor("other", "eve")));
    for (pk, sk) in [(bob_pk, bob_sk), (other_pk, other_sk), ("access#acme".to_owned(), "made up".to_owned())] {
        let mut moved = eves.clone();
        moved.extend([("pk".to_owned(), s(pk)), ("sk".to_owned(), s(sk))]);
        store.client.put_item().table_name(TABLE).set_item(Some(moved)).send().await.unwrap();
    }
    assert!(store.of(&bob).await.is_err());
    assert_eq!(of(&store.of_tenant("acme").await.unwrap()), [("eve".to_owned(), 1)], "the others stop nobody");
    assert!(store.of_tenant("other").await.unwrap().is_empty());
}

/// An id leads to its person by one read, however many others have asked.
#[tokio::test]
async fn a_request_is_found_by_its_id_beyond_the_limit_of_the_list() {
    let store = store().await;
    for number in 0..=MOST_PEOPLE {
        let asker = actor("acme", &format!("p{number}"));
        let mut own = PersonRequests::default();
        own.add(request(&asker, 1), NOON).unwrap();
        assert!(store.replace(&asker, &own, RecordVersion(0)).await.unwrap());
    }
    let listed = store.of_tenant("acme").await.unwrap();
    assert_eq!(listed.len(), MOST_PEOPLE);
    for number in [0, 7, MOST_PEOPLE] {
        let asker = actor("acme", &format!("p{number}"));
        let id = AccessRequestId::from_random([1; 26], &asker);
        assert!(store.of_owner("acme", id.owner()).await.unwrap().get(&id).is_some(), "{number}");
        assert!(store.of_owner("other", id.owner()).await.unwrap().get(&id).is_none());
    }
}
