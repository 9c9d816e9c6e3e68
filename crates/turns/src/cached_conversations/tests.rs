#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;
use agent::actor::Evidence;
use agent::ids::IdempotencyKey;
use agent::ports::Millis;
use agent::turn::Event;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, OnceLock};

/// A store of one conversation that counts how often log and list are read. A glance empties the cache if it is told to.
#[derive(Default)]
struct Store {
    log: Mutex<Vec<Numbered>>,
    stamp: Mutex<Option<Stamp>>,
    logs_read: AtomicUsize,
    lists_read: AtomicUsize,
    emptied_by_a_glance: OnceLock<Arc<CachedConversations>>,
}

impl Store {
    fn say(&self) {
        let mut log = self.log.lock().unwrap();
        let client = IdempotencyKey::try_from("client-0001".to_owned()).unwrap();
        let number = log.len() as u64 + 1;
        log.push(Numbered {
            number,
            at: 0,
            event: Event::UserSaid { text: "Hello".to_owned(), client, session: None, replaces: None, arrival: None },
        });
    }

    fn restamp(&self, stamp: &str) {
        *self.stamp.lock().unwrap() = Some(Stamp(stamp.to_owned()));
    }
}

#[async_trait]
impl Glances for Store {
    async fn glance(&self, _: &Actor, known: Option<(&ConversationId, u64)>, _: Millis) -> Result<Glance, Unavailable> {
        if let Some(cached) = self.emptied_by_a_glance.get() {
            cached.logs.invalidate_all();
            cached.logs.run_pending_tasks();
        }
        let length = self.log.lock().unwrap().len() as u64;
        let grown = known.is_some_and(|(_, last)| last < length);
        let header = known.map(|(id, _)| Header::new(id.clone(), String::new(), 0));
        Ok(Glance { list: self.stamp.lock().unwrap().clone(), header, grown, open: Some(Vec::new()) })
    }
}

#[async_trait]
impl Conversations for Store {
    async fn begin(&self, _: &Actor, _: &Header) -> Result<(), Unavailable> {
        Ok(())
    }

    async fn header(&self, _: &Actor, id: &ConversationId) -> Result<Option<Header>, Unavailable> {
        Ok(Some(Header::new(id.clone(), String::new(), 0)))
    }

    async fn list(&self, _: &Actor, _: u32, _: Option<&ListCursor>) -> Result<Listing, Unavailable> {
        self.lists_read.fetch_add(1, Ordering::Relaxed);
        Ok(Listing { headers: Vec::new(), next: None })
    }

    async fn append(&self, _: &Actor, _: &ConversationId, _: &Numbered) -> Result<(), AppendError> {
        Err(AppendError::Taken)
    }

    async fn append_and_title(
        &self,
        _: &Actor,
        _: &ConversationId,
        _: &Numbered,
        _: &Title,
    ) -> Result<(), AppendError> {
        Err(AppendError::Taken)
    }

    async fn append_and_enqueue(
        &self,
        _: &Actor,
        _: &ConversationId,
        _: &Numbered,
        _: &SearchWords,
    ) -> Result<(), AppendError> {
        Err(AppendError::Taken)
    }

    async fn rename(&self, _: &Actor, _: &ConversationId, _: &Title) -> Result<(), ChangeError> {
        Err(ChangeError::NotFound)
    }

    async fn read_after(&self, _: &Actor, _: &ConversationId, number: u64) -> Result<Vec<Numbered>, ReadError> {
        self.logs_read.fetch_add(1, Ordering::Relaxed);
        Ok(self.log.lock().unwrap().iter().filter(|entry| entry.number > number).cloned().collect())
    }
}

struct World {
    store: Arc<Store>,
    cached: Arc<CachedConversations>,
    ada: Actor,
}

impl World {
    fn new() -> Self {
        let store = Arc::new(Store::default());
        let cached = Arc::new(CachedConversations::new(store.clone(), store.clone()));
        Self { store, cached, ada: Actor::attest(Evidence::of("https://idp.example", "ada", "acme")) }
    }

    /// The number of the last event on the page, and how often log and list were read so far.
    async fn page(&self) -> (u64, usize, usize) {
        let id = ConversationId::from_random([7; 26]);
        let part = ListPart { most: 50, after: None };
        let page = self.cached.page(&self.ada, Some(&id), part).await.unwrap();
        let (logs, lists) = (&self.store.logs_read, &self.store.lists_read);
        (page.conversation.unwrap().1.last(), logs.load(Ordering::Relaxed), lists.load(Ordering::Relaxed))
    }
}

#[tokio::test]
async fn a_page_reads_what_has_changed_and_nothing_else() {
    let world = World::new();
    world.store.say();
    world.store.restamp("a");
    assert_eq!(world.page().await, (1, 1, 1));
    assert_eq!(world.page().await, (1, 1, 1), "nothing has changed");
    world.store.say();
    assert_eq!(world.page().await, (2, 2, 1), "the log has grown");
    world.store.restamp("b");
    assert_eq!(world.page().await, (2, 2, 2), "the list has changed");
}

#[tokio::test]
async fn a_log_evicted_during_a_request_is_still_shown_whole() {
    let world = World::new();
    world.store.say();
    assert_eq!(world.page().await.0, 1);
    assert!(world.store.emptied_by_a_glance.set(world.cached.clone()).is_ok());
    assert_eq!(world.page().await.0, 1);
}
