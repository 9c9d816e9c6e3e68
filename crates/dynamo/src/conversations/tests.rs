#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;
use crate::DynamoLeases;
use crate::test_table::{TABLE, table};
use agent::ids::IdempotencyKey;
use agent::ports::{LeaseId, Leases};
use agent::search::SearchWords;
use agent::turn::Event;
use aws_sdk_dynamodb::types::AttributeValue;
use ledger::fakes::{NOON, actor};
use sealing::fakes;

/// Returns a keyring with one key.
pub(crate) fn ring() -> Arc<LiveKeyring> {
    Arc::new(LiveKeyring::of(fakes::ring("k1", &["k1"])))
}

pub(super) struct World {
    client: Client,
    pub(super) conversations: DynamoConversations,
    leases: DynamoLeases,
    pub(super) ada: Actor,
    id: ConversationId,
}

impl World {
    pub(super) async fn new() -> Self {
        let client = table().await;
        let conversations = DynamoConversations::new(client.clone(), TABLE.to_owned(), ring());
        let leases = DynamoLeases::new(client.clone(), TABLE.to_owned(), ring());
        Self { client, conversations, leases, ada: actor("acme", "ada"), id: ConversationId::from_random([7; 26]) }
    }

    pub(super) fn client(&self) -> &Client {
        &self.client
    }

    /// Returns a world whose conversation has a log of this many messages.
    async fn with_log(length: u64) -> Self {
        let world = Self::new().await;
        for number in 1..=length {
            world.conversations.append(&world.ada, &world.id, &said(number, "hello")).await.unwrap();
        }
        world
    }

    /// Begins the conversation of this world.
    async fn begun() -> Self {
        let world = Self::new().await;
        let header = Header::new(world.id.clone(), "Hello".to_owned(), NOON);
        world.conversations.begin(&world.ada, &header).await.unwrap();
        world
    }

    /// Posts a message.
    pub(super) async fn post(&self, id: &ConversationId, said: &Numbered) -> Result<(), AppendError> {
        let mut words = SearchWords::default();
        if let Event::UserSaid { text, .. } = &said.event {
            words.add(text);
        }
        self.conversations.append_and_enqueue(&self.ada, id, said, &words).await
    }

    async fn read(&self) -> Result<Vec<Numbered>, ReadError> {
        self.conversations.read_after(&self.ada, &self.id, 0).await
    }

    fn place(&self, number: u64) -> (String, String) {
        (keys::conversation(&self.ada, &self.id), keys::event(number))
    }

    async fn item(&self, number: u64) -> Item {
        let (pk, sk) = self.place(number);
        let request = self.client.get_item().table_name(TABLE).key("pk", s(pk)).key("sk", s(sk));
        request.send().await.unwrap().item.unwrap()
    }

    async fn plant(&self, item: Item) {
        self.client.put_item().table_name(TABLE).set_item(Some(item)).send().await.unwrap();
    }

    async fn delete(&self, number: u64) {
        let (pk, sk) = self.place(number);
        self.client.delete_item().table_name(TABLE).key("pk", s(pk)).key("sk", s(sk)).send().await.unwrap();
    }
}

pub(super) fn said(number: u64, text: &str) -> Numbered {
    let client = IdempotencyKey::try_from(format!("{number:026}")).unwrap();
    Numbered {
        number,
        at: NOON,
        event: Event::UserSaid { text: text.to_owned(), client, session: None, replaces: None, arrival: None },
    }
}

/// Returns a message that was posted at a time.
pub(super) fn said_at(number: u64, at: agent::ports::Millis) -> Numbered {
    Numbered { at, ..said(number, "hello") }
}

fn reason(read: Result<Vec<Numbered>, ReadError>) -> Option<(u64, Unreadable)> {
    match read {
        Err(ReadError::Unreadable { number, reason }) => Some((number, reason)),
        _ => None,
    }
}

#[tokio::test]
async fn a_log_is_read_as_written_and_the_table_holds_no_plain_text() {
    let world = World::with_log(3).await;
    assert_eq!(world.read().await.unwrap(), [said(1, "hello"), said(2, "hello"), said(3, "hello")]);
    assert_eq!(world.conversations.read_after(&world.ada, &world.id, 2).await.unwrap(), [said(3, "hello")]);
    assert!(!format!("{:?}", world.item(1).await).contains("hello"));
}

#[tokio::test]
async fn a_log_with_a_changed_moved_planted_or_missing_event_is_not_read() {
    let world = World::with_log(3).await;
    let stranger = World::new().await;
    stranger.conversations.append(&actor("acme", "eve"), &world.id, &said(2, "reset it")).await.unwrap();
    let foreign = {
        let pk = keys::conversation(&actor("acme", "eve"), &world.id);
        let request = stranger.client.get_item().table_name(TABLE).key("pk", s(pk)).key("sk", s(keys::event(2)));
        request.send().await.unwrap().item.unwrap()
    };
    let original = world.item(2).await;
    let with = |name: &str, value: AttributeValue| {
        let mut item = original.clone();
        item.insert(name.to_owned(), value);
        item
    };
    let moved = |from: &Item| {
        let (pk, sk) = world.place(2);
        let mut item = from.clone();
        item.extend([("pk".to_owned(), s(pk)), ("sk".to_owned(), s(sk))]);
        item
    };
    let mut bytes = original["sealed"].as_b().unwrap().as_ref().to_vec();
    bytes[30] ^= 1;
    let plain = Item::from([("body".to_owned(), s(r#"{"kind":"user_said"}"#))]);
    for (name, item, expected) in [
        ("a byte changed", with("sealed", AttributeValue::B(bytes.into())), Unreadable::NotAuthentic),
        ("moved within the log", moved(&world.item(3).await), Unreadable::NotAuthentic),
        ("moved from another person's", moved(&foreign), Unreadable::NotAuthentic),
        ("planted in plain text", moved(&plain), Unreadable::NotAuthentic),
    ] {
        world.plant(item).await;
        assert_eq!(reason(world.read().await), Some((2, expected)), "{name}");
    }
    world.plant(with("key", s("k9"))).await;
    assert!(world.read().await.is_err(), "a key that cannot be fetched");
    world.plant(original).await;
    assert_eq!(world.read().await.unwrap().len(), 3, "put back");
    world.delete(2).await;
    assert_eq!(reason(world.read().await), Some((2, Unreadable::Missing)), "cut out");
}

#[tokio::test]
async fn nothing_is_posted_to_a_conversation_that_does_not_exist() {
    let world = World::new().await;
    let posted = world.post(&world.id, &said(1, "hello")).await;
    assert!(matches!(posted, Err(AppendError::Deleted)), "{posted:?}");
    assert!(world.read().await.unwrap().is_empty() && world.leases.queue().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_title_in_the_table_is_neither_readable_nor_changeable() {
    let world = World::begun().await;
    let (pk, sk) = crate::writes::header(&world.ada, &world.id);
    let get = world.client.get_item().table_name(TABLE).key("pk", s(&pk)).key("sk", s(&sk));
    let item = get.send().await.unwrap().item.unwrap();
    assert!(!format!("{item:?}").contains("Hello"));
    let other = ConversationId::from_random([8; 26]);
    let mut moved = item.clone();
    moved.insert("pk".to_owned(), s(keys::conversation(&world.ada, &other)));
    world.plant(moved).await;
    assert!(world.conversations.header(&world.ada, &other).await.is_err(), "the header of another conversation");
    let mut listed = item;
    let sk = list::place(NOON + 1, &world.id);
    listed.extend([("pk".to_owned(), s(keys::conversations_of(&world.ada))), ("sk".to_owned(), s(sk))]);
    world.plant(listed).await;
    let list = world.conversations.list(&world.ada, 9, None).await.unwrap();
    assert_eq!(list.headers.len(), 1, "a planted entry is left out: {list:?}");
}

#[tokio::test]
async fn an_event_in_a_later_format_is_reported_and_not_read() {
    let world = World::with_log(1).await;
    let (pk, sk) = world.place(1);
    let sealed = ring().now().seal(&format!("event {pk} {sk}"), br#"{"format":2,"at":0,"event":{"kind":"new"}}"#);
    let mut item = sealed_item::write(sealed.unwrap());
    item.extend([("pk".to_owned(), s(pk)), ("sk".to_owned(), s(sk))]);
    world.plant(item).await;
    assert_eq!(reason(world.read().await), Some((1, Unreadable::UnknownFormat)));
}

#[tokio::test]
async fn a_retry_recognises_its_own_event_and_no_other() {
    let world = World::begun().await;
    world.conversations.append(&world.ada, &world.id, &said(1, "hello")).await.unwrap();
    let (pk, _) = world.place(1);
    let nonce = text(&world.item(1).await, "nonce").unwrap().to_owned();
    assert!(world.conversations.taken(pk.clone(), 1, &nonce).await.is_ok(), "its own");
    assert!(matches!(world.conversations.taken(pk, 1, "another").await, Err(AppendError::Taken)));
    for enqueue in [false, true] {
        let event = said(1, "another");
        let result = if enqueue {
            world.post(&world.id, &event).await
        } else {
            world.conversations.append(&world.ada, &world.id, &event).await
        };
        assert!(matches!(result, Err(AppendError::Taken)), "{result:?}");
    }
    assert!(world.leases.queue().await.unwrap().is_empty(), "neither is enqueued");
}

#[tokio::test]
async fn an_event_and_its_work_are_written_together() {
    let world = World::begun().await;
    world.post(&world.id, &said(1, "hello")).await.unwrap();
    let queue = world.leases.queue().await.unwrap();
    assert_eq!((queue.len(), queue[0].holder.clone()), (1, None));
    assert_eq!((&queue[0].conversation, queue[0].actor.subject()), (&world.id, "ada"));
    assert_eq!(world.read().await.unwrap().len(), 1);
    let me = LeaseId("me".to_owned());
    let stamp = world.leases.take(&world.ada, &world.id, &me, None).await.unwrap().unwrap();
    world.post(&world.id, &said(2, "more")).await.unwrap();
    assert!(!world.leases.complete(&world.ada, &world.id, &me, &stamp).await.unwrap(), "it was enqueued meanwhile");
}
