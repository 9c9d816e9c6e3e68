#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;
use crate::DynamoPromptLimiter;
use crate::conversations::tests::{World, said_at};
use crate::test_table::TABLE;
use agent::Place;
use agent::approval::ApprovalId;
use agent::ports::{Conversations, Header, PromptLimiter};
use ledger::fakes::NOON;

use agent::prompts::PromptRequest;

fn id(number: u8) -> ConversationId {
    ConversationId::from_random([number; 26])
}

async fn begin(world: &World, number: u8) {
    let header = Header::new(id(number), String::new(), NOON);
    world.conversations.begin(&world.ada, &header).await.unwrap();
}

#[tokio::test]
async fn the_stamp_changes_only_when_the_list_changes() {
    let world = World::new().await;
    let stamp = async || world.conversations.glance(&world.ada, None, NOON).await.unwrap().list;
    let none = stamp().await;
    assert_eq!(none, None);
    begin(&world, 1).await;
    let begun = stamp().await;
    assert_ne!(begun, none);
    begin(&world, 1).await;
    assert_eq!(stamp().await, begun, "the conversation exists already");
    world.post(&id(1), &said_at(1, NOON + 10)).await.unwrap();
    assert_eq!(stamp().await, begun, "the conversation is at the head already");
    world.post(&id(1), &said_at(2, NOON + 60_000)).await.unwrap();
    let moved = stamp().await;
    assert_ne!(moved, begun);
    world.conversations.append(&world.ada, &id(1), &said_at(3, NOON + 120_000)).await.unwrap();
    assert_eq!(stamp().await, moved);
    begin(&world, 2).await;
    assert_ne!(stamp().await, moved);
}

#[tokio::test]
async fn a_log_has_grown_exactly_when_its_next_event_exists() {
    let world = World::new().await;
    for number in 1..=3 {
        world.conversations.append(&world.ada, &id(1), &said_at(number, NOON)).await.unwrap();
    }
    for (known, grown) in [(0, true), (2, true), (3, false), (9, false)] {
        let glance = world.conversations.glance(&world.ada, Some((&id(1), known)), NOON).await.unwrap();
        assert_eq!(glance.grown, grown, "known up to {known}");
    }
    begin(&world, 1).await;
    let glance = world.conversations.glance(&world.ada, Some((&id(1), 0)), NOON).await.unwrap();
    assert_eq!(glance.header, Some(Header::new(id(1), String::new(), NOON)), "the header comes with it");
    let other = world.conversations.glance(&world.ada, Some((&id(2), 0)), NOON).await.unwrap();
    assert!(!other.grown && other.header.is_none(), "another conversation's log");
}

#[tokio::test]
async fn open_questions_come_from_the_limiter_and_a_broken_record_gives_none() {
    let world = World::new().await;
    let prompts = DynamoPromptLimiter::new(world.client().clone(), TABLE.to_owned());
    let request = PromptRequest {
        id: ApprovalId::from_random([1; 26]),
        same: "same".to_owned(),
        place: Place { conversation: id(1), call: agent::CallId("c-1".to_owned()) },
        summary: "Reset".to_owned(),
        until: NOON + 1_000,
    };
    prompts.acquire(&world.ada, &request, NOON).await.unwrap();
    for now in [NOON, NOON + 2_000] {
        let glance = world.conversations.glance(&world.ada, None, now).await.unwrap();
        assert_eq!(glance.open, Some(prompts.open(&world.ada, now).await.unwrap()));
    }
    let owner = keys::conversations_of(&world.ada);
    let broken = [("pk", owner.as_str()), ("sk", prompt_limiter::SORT), ("body", "{")];
    let broken = broken.map(|(name, value)| (name.to_owned(), s(value)));
    world.client().put_item().table_name(TABLE).set_item(Some(Item::from(broken))).send().await.unwrap();
    assert_eq!(world.conversations.glance(&world.ada, None, NOON).await.unwrap().open, None);
}
