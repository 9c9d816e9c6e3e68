//! The stream of an open page: what it puts in is what a reload shows, wherever it continues.

use crate::world::TestApp;
use crate::world::browser::Browser;
use app::state::Lines;
use app::wire::{Activity, Now, Piece, Seed, Update};
use reqwest::Response;
use std::time::Duration;

const GROUPS: &str = "What are my Okta groups?";
const PATIENCE: Duration = Duration::from_secs(30);

/// An open page.
struct Page {
    answer: Response,
    lines: Lines,
    /// The keys and the HTML of the items, in order.
    items: Vec<(u64, String, String)>,
    now: Now,
}

impl Page {
    /// Opens the stream of a page that shows the log after `now`.
    async fn open(browser: &Browser, conversation: &str, now: Now) -> Self {
        let (settled, after) = (now.settled.to_string(), now.last.to_string());
        let query = [("conversation", conversation), ("settled", &settled), ("after", &after)];
        let answer = browser.open(browser.read("/api/chat/live", &query)).await;
        assert_eq!(answer.status().as_u16(), 200);
        Self { answer, lines: Lines::default(), items: Vec::new(), now }
    }

    /// Takes the next lines.
    async fn step(&mut self) {
        let chunk = tokio::time::timeout(PATIENCE, self.answer.chunk()).await.expect("lines in time").unwrap();
        for update in self.lines.take(&chunk.expect("the stream goes on")).unwrap() {
            match update {
                Update::Log { since, items, now } => {
                    let old = std::mem::take(&mut self.items);
                    let html = |key: &str| old.iter().find(|item| item.1 == key).map(|item| item.2.clone());
                    let new = items.into_iter().map(|Piece { n, key, html: sent }| {
                        let html = sent.or_else(|| html(&key)).expect("the page has it");
                        (n, key, html)
                    });
                    let settled = old.iter().filter(|item| item.0 > 0 && item.0 <= since).cloned();
                    self.items = settled.chain(new).collect();
                    self.now = now;
                }
                Update::Fault { error } => panic!("{error}"),
                _ => {}
            }
        }
    }

    /// Takes lines until the turn that answers message `said` has ended.
    async fn until_rest(&mut self, said: u64) {
        while self.now.activity != Activity::Idle || self.now.settled <= said {
            self.step().await;
        }
    }

    fn keys(&self) -> Vec<&str> {
        self.items.iter().map(|item| item.1.as_str()).collect()
    }
}

/// Returns the keys of the items on a page, and the data of its island.
async fn reloaded(browser: &Browser, conversation: &str) -> (Vec<String>, Seed) {
    let page = browser.visit(&format!("/c/{conversation}")).await;
    let keys = page.all("data-key=\"", "\"").map(str::to_owned).collect();
    (keys, serde_json::from_str(page.between("id=\"seed\">", "</script>")).unwrap())
}

#[tokio::test]
async fn an_open_page_ends_as_a_reload_shows_it() {
    let app = TestApp::start().await;
    let ada = app.signed_in("ada").await;
    let posted = ada.begin(GROUPS).await.unwrap();
    let mut first = Page::open(&ada, &posted.conversation, Now::default()).await;
    first.until_rest(posted.said).await;
    let (keys, seed) = reloaded(&ada, &posted.conversation).await;
    assert_eq!(first.keys(), keys);
    assert_eq!((seed.now.last, seed.now.settled), (first.now.last, first.now.settled), "nothing is open");
    assert!(first.items.iter().any(|(_, _, html)| html.contains("IT Helpdesk")), "{:?}", first.items);

    // The page goes on where it is, and gets nothing that it has.
    let mut second = Page::open(&ada, &posted.conversation, seed.now).await;
    let again = ada.post(&posted.conversation, "Thanks", &posted.next_client_id).await.unwrap();
    for page in [&mut first, &mut second] {
        page.until_rest(again.said).await;
    }
    let (keys, _) = reloaded(&ada, &posted.conversation).await;
    assert_eq!(first.keys(), keys);
    assert!(keys.ends_with(&second.keys().iter().map(|key| (*key).to_owned()).collect::<Vec<_>>()));
    assert!(second.items.iter().all(|(n, ..)| *n >= again.said), "{:?}", second.keys());
    app.finish().await;
}

#[tokio::test]
async fn a_stream_that_begins_at_a_wrong_place_ends_no_worse_than_at_a_reload() {
    let app = TestApp::start().await;
    let ada = app.signed_in("ada").await;
    let (conversation, events) = ada.ask("Hello").await;
    let end = events.len() as u64;
    for (settled, last) in [(0, u64::MAX), (u64::MAX, u64::MAX), (u64::MAX, 0), (end, 0), (1, 2), (end + 5, end + 9)] {
        let mut page = Page::open(&ada, &conversation, Now { settled, last, ..Now::default() }).await;
        page.step().await;
    }
    assert!(!ada.ask_on(&conversation, "Thanks").await.is_empty(), "the server goes on");
    app.finish().await;
}
