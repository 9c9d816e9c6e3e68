//! Sessions in the table `bedrock-sessions`. The cookie's id is stored as a hash and the data sealed:
//! who has the table has neither a cookie nor a token.

use crate::item::{Item, n, s};
use crate::keyring::Keyring;
use crate::keys::hash;
use crate::sealing::Sealed;
use async_trait::async_trait;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::{DisplayErrorContext, SdkError};
use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use std::sync::Arc;
use tower_sessions::SessionStore;
use tower_sessions::session::{Id, Record};
use tower_sessions::session_store::{Error, Result};

/// The session store.
#[derive(Debug, Clone)]
pub struct DynamoSessions {
    client: Client,
    table: String,
    keyring: Arc<Keyring>,
}

impl DynamoSessions {
    /// Sessions in `table`, sealed with `keyring`.
    #[must_use]
    pub fn new(client: Client, table: String, keyring: Arc<Keyring>) -> Self {
        Self { client, table, keyring }
    }

    /// Ends the session stored under `key`, which is the hash of its id.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn end(&self, key: &str) -> Result<()> {
        let request = self.client.delete_item().table_name(&self.table).key("session_id", s(key));
        request.send().await.map(|_| ()).map_err(backend)
    }

    fn item(&self, record: &Record) -> Result<Item> {
        let key = key(&record.id);
        let plain = serde_json::to_vec(&record.data).map_err(|error| Error::Encode(error.to_string()))?;
        let until = record.expiry_date.unix_timestamp();
        let sealed =
            self.keyring.seal(&place(&key, until), &plain).map_err(|error| Error::Encode(error.to_string()))?;
        Ok(Item::from([
            ("session_id".to_owned(), s(key)),
            ("key".to_owned(), s(sealed.key)),
            ("sealed".to_owned(), AttributeValue::B(Blob::new(sealed.bytes))),
            ("ttl".to_owned(), n(until)),
        ]))
    }

    fn record(&self, id: &Id, item: &Item) -> Result<Option<Record>> {
        let field = |name: &str| item.get(name).ok_or_else(|| Error::Decode(format!("no attribute `{name}`")));
        let wrong = |_: &AttributeValue| Error::Decode("an attribute has a wrong type".to_owned());
        let until: i64 = field("ttl")?.as_n().map_err(wrong)?.parse().map_err(|_| Error::Decode("ttl".to_owned()))?;
        let expiry_date =
            time::OffsetDateTime::from_unix_timestamp(until).map_err(|error| Error::Decode(error.to_string()))?;
        // DynamoDB deletes expired items up to days late, so the end is checked here.
        if expiry_date <= time::OffsetDateTime::now_utc() {
            return Ok(None);
        }
        let sealed = Sealed {
            key: field("key")?.as_s().map_err(wrong)?.clone(),
            bytes: field("sealed")?.as_b().map_err(wrong)?.as_ref().to_vec(),
        };
        let plain =
            self.keyring.open(&place(&key(id), until), &sealed).map_err(|error| Error::Decode(error.to_string()))?;
        let data = serde_json::from_slice(&plain).map_err(|error| Error::Decode(error.to_string()))?;
        Ok(Some(Record { id: *id, data, expiry_date }))
    }
}

/// What a record is sealed to: its own key, so that it cannot be moved, and its end, so that it cannot be put off.
fn place(key: &str, until: i64) -> String {
    format!("{key} until {until}")
}

/// The stored key of a session: a hash, for the id itself is what the cookie holds.
pub(crate) fn key(id: &Id) -> String {
    hash(&id.to_string())
}

#[async_trait]
impl SessionStore for DynamoSessions {
    async fn create(&self, record: &mut Record) -> Result<()> {
        // 128 random bits do not collide, but an id that is taken must never be taken over.
        for _ in 0..3 {
            let request = self.client.put_item().table_name(&self.table).set_item(Some(self.item(record)?));
            match request.condition_expression("attribute_not_exists(session_id)").send().await {
                Ok(_) => return Ok(()),
                Err(SdkError::ServiceError(error)) if error.err().is_conditional_check_failed_exception() => {
                    record.id = Id::default();
                }
                Err(error) => return Err(backend(error)),
            }
        }
        Err(Error::Backend("three session ids in a row were taken".to_owned()))
    }

    async fn save(&self, record: &Record) -> Result<()> {
        let request = self.client.put_item().table_name(&self.table).set_item(Some(self.item(record)?));
        request.send().await.map(|_| ()).map_err(backend)
    }

    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        let request =
            self.client.get_item().table_name(&self.table).key("session_id", s(key(id))).consistent_read(true);
        let answer = request.send().await.map_err(backend)?;
        answer.item.map_or(Ok(None), |item| self.record(id, &item))
    }

    async fn delete(&self, id: &Id) -> Result<()> {
        self.end(&key(id)).await
    }
}

fn backend<E, R>(error: SdkError<E, R>) -> Error
where
    E: std::error::Error + 'static,
    R: std::fmt::Debug + 'static,
{
    Error::Backend(DisplayErrorContext(error).to_string())
}
