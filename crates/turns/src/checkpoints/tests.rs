use super::*;
use agent::actor::Evidence;
use agent::ports::{AppendError, ChangeError, Header, ListCursor, Listing, Unavailable};
use agent::title::Title;
use async_trait::async_trait;
use std::sync::Mutex;

/// A store of one log that records the numbers after which it is read.
#[derive(Default)]
struct Store {
    log: Mutex<Vec<Numbered>>,
    reads: Mutex<Vec<u64>>,
}

impl Store {
    fn say(&self, text: &str, key: &str) {
        let mut log = self.log.lock().unwrap();
        let number = log.len() as u64 + 1;
        let (text, client) = (text.to_owned(), IdempotencyKey::try_from(key.to_owned()).unwrap());
        log.push(Numbered {
            number,
            at: 0,
            event: Event::UserSaid { text, client, session: None, replaces: None, arrival: None },
        });
    }
}

#[async_trait]
impl Conversations for Store {
    async fn begin(&self, _: &Actor, _: &Header) -> Result<(), Unavailable> {
        unreachable!("folds only read logs")
    }

    async fn header(&self, _: &Actor, _: &ConversationId) -> Result<Option<Header>, Unavailable> {
        unreachable!("folds only read logs")
    }

    async fn list(&self, _: &Actor, _: u32, _: Option<&ListCursor>) -> Result<Listing, Unavailable> {
        unreachable!("folds only read logs")
    }

    async fn append(&self, _: &Actor, _: &ConversationId, _: &Numbered) -> Result<(), AppendError> {
        unreachable!("folds only read logs")
    }

    async fn append_and_title(
        &self,
        _: &Actor,
        _: &ConversationId,
        _: &Numbered,
        _: &Title,
    ) -> Result<(), AppendError> {
        unreachable!("folds only read logs")
    }

    async fn append_and_enqueue(
        &self,
        _: &Actor,
        _: &ConversationId,
        _: &Numbered,
        _: &SearchWords,
    ) -> Result<(), AppendError> {
        unreachable!("folds only read logs")
    }

    async fn rename(&self, _: &Actor, _: &ConversationId, _: &Title) -> Result<(), ChangeError> {
        unreachable!("folds only read logs")
    }

    async fn read_after(&self, _: &Actor, _: &ConversationId, number: u64) -> Result<Vec<Numbered>, ReadError> {
        self.reads.lock().unwrap().push(number);
        Ok(self.log.lock().unwrap().iter().filter(|entry| entry.number > number).cloned().collect())
    }
}

async fn read(checkpoints: &Checkpoints, store: &Store) -> Folded {
    let ada = Actor::attest(Evidence::of("https://idp.example", "ada", "acme"));
    checkpoints.read(store, &ada, &ConversationId::from_random([7; 26])).await.unwrap()
}

#[tokio::test]
async fn a_log_is_read_on_from_the_last_fold() {
    let (store, checkpoints) = (Store::default(), Checkpoints::new());
    store.say("one", "client-0001");
    read(&checkpoints, &store).await;
    store.say("two", "client-0002");
    let folded = read(&checkpoints, &store).await;
    assert_eq!(*store.reads.lock().unwrap(), [0, 1]);
    let log = store.log.lock().unwrap().clone();
    assert_eq!((&*folded.history, folded.last), (&History::fold(&log), 2));
    assert_eq!(folded.bytes, log.iter().map(|entry| serde_json::to_vec(&entry.event).unwrap().len()).sum::<usize>());
}

#[tokio::test]
async fn a_message_is_found_by_its_key_and_text() {
    let (store, checkpoints) = (Store::default(), Checkpoints::new());
    store.say("Reset Bob", "client-0001");
    store.say("Reset Eve", "client-0001");
    store.say("Reset Bob", "client-0001");
    let folded = read(&checkpoints, &store).await;
    let key = |key: &str| IdempotencyKey::try_from(key.to_owned()).unwrap();
    for (client, text, number) in [
        ("client-0001", "Reset Bob", Some(1)),
        ("client-0001", "Reset Eve", Some(2)),
        ("client-0001", "Reset Ada", None),
        ("client-0002", "Reset Bob", None),
    ] {
        assert_eq!(folded.posted(&key(client), text), number, "{client} {text}");
    }
}

#[tokio::test]
async fn a_fold_that_somebody_holds_does_not_change() {
    let (store, checkpoints) = (Store::default(), Checkpoints::new());
    store.say("one", "client-0001");
    let earlier = read(&checkpoints, &store).await;
    store.say("two", "client-0002");
    let later = read(&checkpoints, &store).await;
    assert_eq!((earlier.last, earlier.history.waiting.len()), (1, 1));
    assert_eq!((later.last, later.history.waiting.len()), (2, 2));
}
