//! Long conversations: a page holds only the latest turns, every earlier turn can be reached, and pending requests are
//! on every page.

use crate::approvals::until_it_rings;
use crate::ledger::actor;
use crate::world::TestApp;
use crate::world::browser::Browser;
use agent::ids::{ConversationId, IdempotencyKey};
use agent::ports::{Header, Numbered};
use agent::turn::{Event, TurnEnd};
use futures::stream::{self, StreamExt};
use sandbox::identity::Answer;
use std::collections::BTreeSet;

/// Planted turns, each with one message and one answer.
const TURNS: u64 = 1000;

impl TestApp {
    /// Creates a conversation of Ada with this many turns, whose messages and answers have about `bytes` bytes each.
    async fn planted(&self, turns: u64, bytes: usize) -> String {
        let (ada, id) = (actor(self, "auth0|ada"), ConversationId::from_random([9; 26]));
        let header = Header::new(id.clone(), "A long one".to_owned(), 1_000);
        self.conversations().begin(&ada, &header).await.unwrap();
        let filler = "la ".repeat(bytes / 3);
        let client = IdempotencyKey::try_from("client-0001".to_owned()).unwrap();
        let events = (0..turns).flat_map(|turn| {
            let said = turn * 4 + 1;
            [
                Event::UserSaid {
                    text: format!("Question {turn}. {filler}"),
                    client: client.clone(),
                    session: None,
                    replaces: None,
                    arrival: None,
                },
                Event::TurnStarted { said },
                Event::Said { text: format!("Answer {turn}. {filler}") },
                Event::TurnEnded { said, why: TurnEnd::Done },
            ]
        });
        let events = events.zip(1..).map(|(event, number)| Numbered { number, at: 2_000, event });
        let append = |event| {
            let (ada, id) = (&ada, &id);
            async move { self.conversations().append(ada, id, &event).await.unwrap() }
        };
        stream::iter(events).map(append).buffer_unordered(16).collect::<()>().await;
        id.to_string()
    }
}

/// Returns the numbers of the questions in a page's HTML.
fn questions(page: &str) -> Vec<u64> {
    let numbers =
        page.split("<p dir=\"auto\">Question ").skip(1).map(|rest| rest.split('.').next().unwrap().parse().unwrap());
    numbers.collect()
}

fn tags(page: &str) -> usize {
    page.as_bytes().windows(2).filter(|pair| pair[0] == b'<' && pair[1].is_ascii_alphabetic()).count()
}

/// Returns the address of a link with this text. The hidden link of a page with nothing before it leads to event 0.
fn link(page: &str, text: &str) -> Option<String> {
    let whole = page.split_once(&format!(">{text}</a>")).or_else(|| page.split_once(&format!(">{text}</span>")));
    let before = whole?.0;
    let tag = before.rsplit_once("<a ")?.1;
    let href = tag.split_once("href=\"").and_then(|(_, rest)| rest.split_once('"')).map(|(href, _)| href.to_owned());
    href.filter(|href| !href.ends_with("before=0"))
}

async fn visit(browser: &Browser, path: &str) -> String {
    let page = browser.visit(path).await;
    assert_eq!(page.status, 200, "{path}");
    page.body
}

#[tokio::test]
async fn a_page_of_two_thousand_messages_is_small_and_leads_to_the_first() {
    let app = TestApp::start().await;
    let ada = app.signed_in("ada").await;
    let id = app.planted(TURNS, 1500).await;
    let mut page = visit(&ada, &format!("/c/{id}")).await;
    let mut seen = BTreeSet::new();
    assert!(questions(&page).contains(&(TURNS - 1)), "the last message is there");
    loop {
        assert!(page.len() <= 100 * 1024 && tags(&page) <= 1_000, "{} bytes, {} tags", page.len(), tags(&page));
        for question in questions(&page) {
            assert!(seen.insert(question), "{question} is there twice");
        }
        match link(&page, "Show earlier messages") {
            Some(earlier) if earlier.contains("before") => page = visit(&ada, &earlier).await,
            _ => break,
        }
    }
    assert_eq!(seen.len(), usize::try_from(TURNS).unwrap(), "every message can be reached");
    for pages in 1.. {
        assert!(pages < TURNS, "the links to later parts end");
        let Some(later) = link(&page, "Show later messages") else { break };
        page = visit(&ada, &later).await;
    }
    assert!(questions(&page).contains(&(TURNS - 1)), "the links to later parts lead to the last message");
    app.finish().await;
}

#[tokio::test]
async fn a_waiting_approval_is_on_the_page_wherever_it_is_in_the_log() {
    let app = TestApp::start().await;
    let ada = app.signed_in("ada").await;
    let id = app.planted(60, 30).await;
    let posted = ada.post(&id, "Reset the password of bob@acme.example", "client-0002").await.unwrap();
    let mut watch = ada.watch(&id, posted.said - 1).await;
    until_it_rings(&mut watch).await;
    ada.post(&id, "Are you there?", "client-0003").await.unwrap();
    let mut address = format!("/c/{id}");
    for pages in 1.. {
        let page = visit(&ada, &address).await;
        assert!(page.contains("Waiting for confirmation"), "{address}");
        assert!(page.contains("Are you there?") && page.contains("Remove"), "{address}");
        match link(&page, "Show earlier messages") {
            Some(earlier) if earlier.contains("before") => address = earlier,
            _ => {
                assert!(pages > 2, "{pages} pages");
                break;
            }
        }
    }
    app.answer(Answer::Deny);
    watch.turn().await;
    watch.turn().await;
    app.finish().await;
}

#[tokio::test]
async fn addresses_with_arbitrary_numbers_lead_to_a_page() {
    let app = TestApp::start().await;
    let ada = app.signed_in("ada").await;
    let id = app.planted(60, 30).await;
    for (before, shown) in [("0", 0), ("1", 0), ("3", 0), ("18446744073709551615", 59), ("x", 59), ("-1", 59), ("", 59)]
    {
        let page = visit(&ada, &format!("/c/{id}?before={before}")).await;
        assert!(questions(&page).contains(&shown), "{before}: {:?}", questions(&page));
    }
    app.finish().await;
}

#[tokio::test]
async fn the_oldest_of_51_conversations_can_be_reached_and_the_last_used_is_listed_first() {
    let app = TestApp::start().await;
    let ada = app.signed_in("ada").await;
    let owner = actor(&app, "auth0|ada");
    for number in 0..51_u8 {
        let mut random = [0; 26];
        (random[0], random[1]) = (number / 32, number % 32);
        let id = ConversationId::from_random(random);
        let header = Header::new(id, format!("Talk {number}."), 1_000 + i64::from(number));
        app.conversations().begin(&owner, &header).await.unwrap();
    }
    let page = visit(&ada, "/").await;
    assert!(page.contains(">Talk 50.<") && !page.contains(">Talk 0.<"));
    let older = link(&page, "Show older conversations").unwrap();
    let page = visit(&ada, &older).await;
    assert!(page.contains(">Talk 0.<") && !page.contains(">Talk 1.<") && !page.contains("Show older conversations"));
    assert_eq!(link(&page, "Show newest conversations").unwrap(), "/");
    let oldest = link(&page, "Talk 0.").unwrap();
    let open = visit(&ada, &format!("{oldest}?older=x")).await;
    let older = link(&open, "Show older conversations").unwrap();
    assert!(older.starts_with(&format!("{oldest}?older=")), "the link keeps the conversation open: {older}");
    ada.ask_on(oldest.trim_start_matches("/c/"), "Hello").await;
    let heads = ada.load(None).await.unwrap().rail.heads;
    assert_eq!((heads.len(), &*heads[0].title, &*heads[49].title), (50, "Talk 0.", "Talk 2."));
    app.finish().await;
}
