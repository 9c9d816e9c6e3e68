#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;
use crate::sign_ins::EndedSignIn;
use crate::tables;
use crate::test_table::{TABLE, table};
use agent::Actor;
use agent::actor::Evidence;
use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use sealing::fakes::ring;
use serde_json::json;
use time::OffsetDateTime;

const SESSIONS: &str = "bedrock-sessions";
const ISSUER: &str = "https://idp.example/";

struct World {
    client: Client,
    sign_ins: SignIns,
    keyring: Arc<LiveKeyring>,
    sessions: DynamoSessions,
}

impl World {
    async fn new() -> Self {
        let client = table().await;
        tables::create_sessions(&client, SESSIONS).await.unwrap();
        let keyring = Arc::new(LiveKeyring::of(ring("k1", &["k1"])));
        let sign_ins = SignIns::new(client.clone(), TABLE.to_owned(), SESSIONS.to_owned(), keyring.clone());
        let sessions = DynamoSessions::new(client.clone(), SESSIONS.to_owned(), sign_ins.clone(), keyring.clone());
        Self { client, sign_ins, keyring, sessions }
    }

    async fn count(&self, table: &str) -> i32 {
        self.client.scan().table_name(table).send().await.unwrap().count()
    }
}

fn sign_in(sid: &str, issued_at: i64) -> SignInKey {
    SignInKey { issuer: ISSUER.to_owned(), subject: "ada".to_owned(), sid: Some(sid.to_owned()), issued_at }
}

fn ended(subject: Option<&str>, sid: Option<&str>, issued_at: i64) -> EndedSignIn {
    let text = |text: Option<&str>| text.map(str::to_owned);
    EndedSignIn { issuer: ISSUER.to_owned(), subject: text(subject), sid: text(sid), issued_at }
}

fn record(who: &SignInKey) -> Record {
    let end = OffsetDateTime::now_utc().unix_timestamp() + 3600;
    let data = [("user", json!("Ada")), (SignInKey::FIELD, json!(who))].map(|(name, value)| (name.to_owned(), value));
    Record { id: Id::default(), data: data.into(), expiry_date: OffsetDateTime::from_unix_timestamp(end).unwrap() }
}

#[tokio::test]
async fn no_write_brings_back_a_session_that_has_ended() {
    let world = World::new().await;
    let mut record = record(&sign_in("s1", 1_000));
    world.sessions.create(&mut record).await.unwrap();
    assert_eq!(world.sessions.load(&record.id).await.unwrap(), Some(record.clone()));
    assert!(world.sessions.save(&record).await.is_err(), "a live session is not overwritten either");
    world.sessions.delete(&record.id).await.unwrap();
    assert!(world.sessions.save(&record).await.is_err());
    assert_eq!(world.sessions.load(&record.id).await.unwrap(), None);
    assert_eq!(world.count(SESSIONS).await, 0);
}

#[tokio::test]
async fn a_session_never_replaces_one_with_the_same_id() {
    let world = World::new().await;
    let (mut first, who) = (record(&sign_in("s1", 1_000)), sign_in("s2", 1_000));
    world.sessions.begin(&mut first).await.unwrap();
    let mut second = Record { id: first.id, ..record(&who) };
    world.sessions.begin(&mut second).await.unwrap();
    assert_ne!(first.id, second.id);
    assert_eq!(world.sessions.load(&first.id).await.unwrap(), Some(first));
}

#[tokio::test]
async fn a_session_begins_only_with_an_index_entry_of_the_same_lifetime() {
    let world = World::new().await;
    let mut own = record(&sign_in("s1", 1_000));
    world.sessions.begin(&mut own).await.unwrap();
    for who in [ended(Some("ada"), None, 0), ended(None, Some("s1"), 0), ended(Some("ada"), Some("s1"), 0)] {
        assert_eq!(world.sign_ins.find(&who).await.unwrap(), [key(&own.id)], "{who:?}");
    }
    let until = |item: &Item| item["ttl"].as_n().unwrap().clone();
    let all = world.client.scan().table_name(TABLE).send().await.unwrap().items.unwrap();
    let session = world.client.scan().table_name(SESSIONS).send().await.unwrap().items.unwrap().remove(0);
    assert!(all.len() == 2 && all.iter().all(|item| until(item) == until(&session)), "{all:?}");
    for field in [None, Some(json!({})), Some(json!({"issuer": ISSUER}))] {
        let mut without = record(&sign_in("s2", 1_000));
        without.data.remove(SignInKey::FIELD);
        without.data.extend(field.map(|field| (SignInKey::FIELD.to_owned(), field)));
        assert!(world.sessions.begin(&mut without).await.is_err(), "a session without a sign-in");
    }
    assert_eq!((world.count(SESSIONS).await, world.count(TABLE).await), (1, 2));
}

#[tokio::test]
async fn a_person_is_signed_in_while_any_session_lives() {
    let world = World::new().await;
    let ada = Actor::attest(Evidence::of(ISSUER, "ada", "acme"));
    let bob = Actor::attest(Evidence::of(ISSUER, "bob", "acme"));
    let mut all = Vec::new();
    for number in 0..120 {
        let mut record = record(&sign_in(&format!("s{number}"), 1_000));
        world.sessions.begin(&mut record).await.unwrap();
        all.push(record);
    }
    let last = all.pop().unwrap();
    for record in all {
        world.sessions.delete(&record.id).await.unwrap();
    }
    let now = OffsetDateTime::now_utc().unix_timestamp() * 1000;
    let lives = async |actor: &Actor, now: i64| world.sign_ins.any_lives(actor, now).await.unwrap();
    assert!(lives(&ada, now).await);
    assert!(!lives(&bob, now).await, "another person's session does not count");
    assert!(!lives(&ada, now + 3_600_000).await, "DynamoDB deletes late");
    let copy = world.client.get_item().table_name(SESSIONS).key("session_id", s(key(&last.id)));
    let copy = copy.send().await.unwrap().item.unwrap();
    world.sessions.delete(&last.id).await.unwrap();
    assert!(!lives(&ada, now).await);

    // With write access to the tables: an end in the future, another key, another person's session in the index.
    let later = n(now / 1000 + 1_000_000);
    let plant = async |table: &str, changes: &[(&str, AttributeValue)]| {
        let mut item = if table == SESSIONS { copy.clone() } else { Item::new() };
        item.extend(changes.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
        world.client.put_item().table_name(table).set_item(Some(item)).send().await.unwrap();
    };
    plant(SESSIONS, &[("ttl", later.clone())]).await;
    assert!(!lives(&ada, now).await, "a forged later expiry");
    let index = |subject: &str| s(format!("subject#{}#{subject}", hash(ISSUER)));
    plant(TABLE, &[("pk", index("bob")), ("sk", s(key(&last.id))), ("ttl", later.clone())]).await;
    plant(SESSIONS, &[]).await;
    assert!(!lives(&bob, now).await, "another person's session in the index");
}

#[tokio::test]
async fn no_session_begins_for_a_sign_in_that_the_provider_has_ended() {
    let rows = [
        (ended(None, Some("s1"), 1_000), sign_in("s1", 1_000), false),
        (ended(None, Some("s1"), 1_000), sign_in("s1", 2_000), false),
        (ended(None, Some("s1"), 1_000), sign_in("s2", 900), true),
        (ended(Some("ada"), None, 1_000), sign_in("s1", 999), false),
        (ended(Some("ada"), None, 1_000), sign_in("s1", 1_000), true),
        (ended(Some("bob"), None, 1_000), sign_in("s1", 900), true),
        (ended(Some("ada"), Some("s1"), 1_000), sign_in("s2", 900), true),
    ];
    for (end, who, begins) in rows {
        let world = World::new().await;
        world.sign_ins.note_ended(&end, 1_000).await.unwrap();
        let begun = world.sessions.begin(&mut record(&who)).await;
        assert_eq!(begun.is_ok(), begins, "{end:?} {who:?} {begun:?}");
        assert!(begins || matches!(begun, Err(BeginError::Ended)), "{begun:?}");
        assert_eq!(world.count(SESSIONS).await, i32::from(begins));
    }
}

#[tokio::test]
async fn a_changed_record_is_no_session_and_old_keys_open_old_sessions() {
    let world = World::new().await;
    let mut old = record(&sign_in("s1", 1_000));
    world.sessions.begin(&mut old).await.unwrap();
    world.keyring.put(ring("k2", &["k1", "k2"]));
    let mut new = record(&sign_in("s2", 1_000));
    world.sessions.begin(&mut new).await.unwrap();
    for own in [&old, &new] {
        assert!(world.sessions.load(&own.id).await.unwrap().is_some(), "with both keys");
    }
    world.keyring.put(ring("k2", &["k2"]));
    for look in ["first", "second"] {
        let unknown = world.sessions.load(&old.id).await;
        assert!(unknown.is_err(), "{look}: a failed key lookup is an error, not a missing session");
    }
    assert!(world.sessions.load(&new.id).await.unwrap().is_some());
    for (attribute, value) in
        [("sealed", AttributeValue::B(Blob::new("plain"))), ("ttl", n(4_000_000_000_i64)), ("ttl", s("soon"))]
    {
        let read = world.client.get_item().table_name(SESSIONS).key("session_id", s(key(&new.id))).send().await;
        let planted = read.unwrap().item.unwrap().into_iter().chain([(attribute.to_owned(), value)]).collect::<Item>();
        world.client.put_item().table_name(SESSIONS).set_item(Some(planted)).send().await.unwrap();
        assert_eq!(world.sessions.load(&new.id).await.unwrap(), None, "{attribute}");
    }
}
