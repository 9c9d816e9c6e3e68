#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;
use crate::conversations::tests::{World, said};
use crate::test_table::TABLE;
use agent::ids::ConversationId;
use agent::ports::{Conversations, Numbered};
use ledger::fakes::{NOON, actor};

fn id(number: u16) -> ConversationId {
    let [high, low] = number.to_be_bytes();
    let mut bytes = [0; 26];
    (bytes[0], bytes[1], bytes[2]) = (high, low >> 5, low & 31);
    ConversationId::from_random(bytes)
}

/// A world with this many conversations; every tenth is about a printer.
async fn world(conversations: u16) -> World {
    let world = World::new().await;
    for number in 0..conversations {
        let at = NOON + i64::from(number);
        let header = Header::new(id(number), format!("Talk {number}"), at);
        world.conversations.begin(&world.ada, &header).await.unwrap();
        let text = if number % 10 == 0 { "The Dru\u{308}cker is secretword" } else { "Something else" };
        world.post(&id(number), &Numbered { at, ..said(1, text) }).await.unwrap();
    }
    world
}

impl World {
    async fn pages(&self, query: &str, most: usize) -> Vec<Vec<String>> {
        let query = SearchQuery::parse(query).unwrap();
        let (mut pages, mut after) = (Vec::new(), None);
        loop {
            let Found { hits, next } =
                self.conversations.search(&self.ada, &query, most, after.as_ref()).await.unwrap();
            pages.push(hits.into_iter().map(|hit| hit.header.title).collect());
            // Parsed from text, as in a request of the page.
            let Some(next) = next else { return pages };
            after = Some(next.to_string().parse().unwrap());
        }
    }
}

#[tokio::test]
async fn words_and_titles_are_found_newest_first_at_every_page_length() {
    let world = world(60).await;
    let expected: Vec<String> = [50, 40, 30, 20, 10, 0].map(|number| format!("Talk {number}")).to_vec();
    for (most, pages) in [(50, 1), (6, 2), (2, 3), (1, 6)] {
        let found = world.pages("drucker SECRET", most).await;
        assert_eq!(found.concat(), expected, "{most} a page");
        assert!(found.len() <= pages, "{most} a page: {} requests", found.len());
    }
    assert_eq!(world.pages("talk 12", 50).await, [["Talk 12"]]);
    assert_eq!(world.pages("nothing", 50).await, [[] as [String; 0]]);
    let query = SearchQuery::parse("druck").unwrap();
    let hits = world.conversations.search(&world.ada, &query, 1, None).await.unwrap().hits;
    assert_eq!(hits[0].matched, ["drucker"]);
    let eve = actor("acme", "eve");
    assert!(world.conversations.search(&eve, &query, 9, None).await.unwrap().hits.is_empty(), "another person's");
}

#[tokio::test]
async fn the_table_reveals_no_word_and_a_planted_entry_is_left_out() {
    let world = world(11).await;
    let all = world.client().scan().table_name(TABLE).send().await.unwrap();
    assert!(!format!("{all:?}").contains("secretword"));
    let own = all.items().iter().find(|item| text(item, "pk").unwrap().starts_with("words#")).unwrap();
    let mut planted = own.clone();
    planted.insert("sk".to_owned(), s(place(NOON + 99, &id(10))));
    world.client().put_item().table_name(TABLE).set_item(Some(planted)).send().await.unwrap();
    assert_eq!(world.pages("talk", 50).await.concat().len(), 11);
}

#[tokio::test]
async fn one_request_reads_a_bounded_part_of_the_index() {
    let world = World::new().await;
    let count = u16::try_from(MOST_SEARCHED).unwrap() + 5;
    for number in 0..count {
        let header = Header::new(id(number), format!("Talk {number}"), NOON + i64::from(number));
        let item = world.conversations.words_item(&world.ada, &header, &SearchWords::of_line("word")).unwrap();
        world.client().put_item().table_name(TABLE).set_item(Some(item)).send().await.unwrap();
    }
    let pages = world.pages("absent", 50).await;
    assert_eq!(pages, [[] as [String; 0], []], "two requests, whatever is found");
    assert_eq!(world.pages("talk 3", 50).await.concat().last().unwrap(), "Talk 3");
}
