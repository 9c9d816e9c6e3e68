use super::*;
use crate::test_table::{TABLE, table};
use ledger::fakes::NOON;

async fn pins() -> DynamoPins {
    DynamoPins::new(table().await, TABLE.to_owned())
}

const PLACE: (&str, &str) = ("acme", "tasks");

fn other(digest: &str) -> Proposal<'_> {
    Proposal { body: "other", digest }
}

#[tokio::test]
async fn the_first_pin_stays_and_belongs_to_its_organization_and_server() {
    let pins = pins().await;
    let fresh = |body: &str, at| PinnedBody { body: body.to_owned(), at, by: None, proposed: None };
    assert_eq!(pins.first(PLACE, "t", "one", NOON).await.unwrap(), fresh("one", NOON));
    assert_eq!(pins.first(PLACE, "t", "two", NOON + 1).await.unwrap(), fresh("one", NOON));
    for place in [("other", "tasks"), ("acme", "mail"), ("acme#tasks", ""), ("acme%23tasks", "")] {
        assert_eq!(pins.all(place.0, place.1).await.unwrap(), [], "{place:?}");
        assert_eq!(pins.first(place, "t", "own", NOON).await.unwrap(), fresh("own", NOON), "{place:?}");
    }
    assert_eq!(pins.all(PLACE.0, PLACE.1).await.unwrap(), [fresh("one", NOON)]);
}

#[tokio::test]
async fn concurrent_first_sights_of_a_tool_pin_the_same_definition() {
    let pins = pins().await;
    let mut tasks = tokio::task::JoinSet::new();
    for i in 0..20 {
        let pins = pins.clone();
        tasks.spawn(async move { pins.first(PLACE, "t", &format!("body {i}"), NOON).await.unwrap().body });
    }
    let pinned = tasks.join_all().await;
    assert!(pinned.iter().all(|body| *body == pinned[0]), "{pinned:?}");
}

#[tokio::test]
async fn an_operator_accepts_only_the_definition_they_read_and_once() {
    let pins = pins().await;
    pins.first(PLACE, "t", "one", NOON).await.unwrap();
    assert!(pins.propose(PLACE, "unknown", Some(other("d"))).await.is_err(), "nothing is pinned there");
    let accept = async |digest: &str| pins.accept(PLACE, "t", digest, "ada", NOON + 5).await.unwrap();
    assert_eq!(accept("d").await, Renewed::No, "nothing is proposed");
    pins.propose(PLACE, "t", Some(other("d"))).await.unwrap();
    let own = async || pins.all(PLACE.0, PLACE.1).await.unwrap().remove(0);
    assert_eq!((own().await.body.as_str(), own().await.proposed.as_deref()), ("one", Some("other")));
    pins.propose(PLACE, "t", Some(other("e"))).await.unwrap();
    assert_eq!(accept("d").await, Renewed::No, "the proposal has changed since");
    pins.propose(PLACE, "t", None).await.unwrap();
    assert_eq!(accept("e").await, Renewed::No, "the proposal was withdrawn");
    pins.propose(PLACE, "t", Some(other("e"))).await.unwrap();
    assert_eq!(accept("e").await, Renewed::Yes);
    let accepted = PinnedBody { body: "other".to_owned(), at: NOON + 5, by: Some("ada".to_owned()), proposed: None };
    assert_eq!(own().await, accepted);
    assert_eq!(accept("e").await, Renewed::No, "once");
}
