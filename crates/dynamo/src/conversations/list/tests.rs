#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;
use crate::conversations::tests::{World, said_at};
use agent::ports::Conversations;
use std::collections::BTreeSet;

fn id(number: u8) -> ConversationId {
    ConversationId::from_random([number; 26].map(|byte| byte % 32))
}

/// Returns a world with thirty-two conversations, begun one minute apart.
async fn thirty_two() -> World {
    let world = World::new().await;
    for number in 0..32 {
        let header = Header::new(id(number), format!("{number}"), minute(number.into()));
        world.conversations.begin(&world.ada, &header).await.unwrap();
    }
    world
}

fn minute(number: i64) -> Millis {
    1_700_000_000_000 + number * 60_000
}

impl World {
    async fn titles(&self, most: u32) -> Vec<String> {
        let mut titles = Vec::new();
        let mut after = None;
        loop {
            let Listing { headers, next } = self.conversations.list(&self.ada, most, after.as_ref()).await.unwrap();
            assert!(headers.len() <= most as usize && (next.is_none() || headers.len() == most as usize));
            titles.extend(headers.into_iter().map(|header| header.title));
            let Some(next) = next else { return titles };
            // Parsed from text, as in a request of the page.
            after = Some(next.to_string().parse().unwrap());
        }
    }
}

#[tokio::test]
async fn the_oldest_conversation_is_reached_at_every_page_length() {
    let world = thirty_two().await;
    let newest_first: Vec<_> = (0..32).rev().map(|number: u8| number.to_string()).collect();
    for most in [1, 5, 16, 31, 32, 50] {
        assert_eq!(world.titles(most).await, newest_first, "{most} a page");
    }
}

#[tokio::test]
async fn a_used_conversation_moves_to_the_head_and_is_listed_once() {
    let world = thirty_two().await;
    for (number, said, at, head) in [
        (3, 1, minute(40), "3"),
        (0, 1, minute(41), "0"),
        (3, 2, minute(42), "3"),
        // A clock that is behind does not move a conversation back, and a message within a second does not move it at
        // all.
        (0, 2, minute(2), "3"),
        (0, 3, minute(41) + 500, "3"),
    ] {
        world.post(&id(number), &said_at(said, at)).await.unwrap();
        let titles = world.titles(7).await;
        assert_eq!(titles[0], head, "{number} at {at}");
        assert_eq!((titles.len(), titles.iter().collect::<BTreeSet<_>>().len()), (32, 32), "each once");
    }
    let header = world.conversations.header(&world.ada, &id(3)).await.unwrap().unwrap();
    assert_eq!(header, Header { used: minute(42), ..Header::new(id(3), "3".to_owned(), minute(3)) });
}

#[tokio::test]
async fn a_message_that_is_not_appended_moves_nothing() {
    let world = thirty_two().await;
    world.post(&id(3), &said_at(1, minute(40))).await.unwrap();
    let taken = world.post(&id(3), &said_at(1, minute(50))).await;
    assert!(matches!(taken, Err(agent::ports::AppendError::Taken)));
    let first = world.conversations.list(&world.ada, 1, None).await.unwrap();
    assert_eq!(first.next.unwrap().used, minute(40));
}

#[tokio::test]
async fn messages_at_the_same_time_are_all_appended_and_leave_one_row() {
    let world = thirty_two().await;
    let post = |at| {
        let world = &world;
        async move {
            for number in 1.. {
                match world.post(&id(3), &said_at(number, at)).await {
                    Ok(()) => return,
                    Err(agent::ports::AppendError::Taken) => {}
                    Err(error) => panic!("{error}"),
                }
            }
        }
    };
    tokio::join!(post(minute(40)), post(minute(41)), post(minute(42)));
    let log = world.conversations.read_after(&world.ada, &id(3), 0).await.unwrap();
    let titles = world.titles(50).await;
    assert_eq!((log.len(), titles.len(), &*titles[0]), (3, 32, "3"));
}
