//! Sessions in the table `bedrock-sessions`. A session is written once, together with its entry in the index of
//! sign-ins, and removed when it ends. Existing records are never overwritten, so no request in flight can restore a
//! session that has ended. The id of the cookie is stored as a hash and the data is encrypted, so access to the table
//! reveals neither a cookie nor a token.

use crate::item::{Item, n, s, text};
use crate::keys::hash;
use crate::sign_ins::{SignInKey, SignIns};
use crate::{SERVICE, batch, sealed_item, transaction};
use agent::Actor;
use agent::ports::Unavailable;
use async_trait::async_trait;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::{DisplayErrorContext, SdkError};
use aws_sdk_dynamodb::types::{Put, ReturnValue, TransactWriteItem};
use sealing::{LiveKeyring, Sealed};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use tower_sessions::SessionStore;
use tower_sessions::session::{Id, Record};
use tower_sessions::session_store::{Error, Result};

#[cfg(test)]
mod tests;

/// Maximum number of ids to try for a new session.
const ATTEMPTS: u32 = 5;

/// The session store in DynamoDB.
#[derive(Debug, Clone)]
pub struct DynamoSessions {
    client: Client,
    table: String,
    sign_ins: SignIns,
    keyring: Arc<LiveKeyring>,
}

/// The reason for which a session did not begin.
#[derive(Debug, thiserror::Error)]
pub enum BeginError {
    /// The provider ended the sign-in between its ID token and this session (OpenID Connect Back-Channel Logout 1.0).
    #[error("the provider has ended this sign-in in the meantime")]
    Ended,
    /// The store failed, or the record names no sign-in.
    #[error(transparent)]
    Store(#[from] Error),
}

impl DynamoSessions {
    /// Creates the store in `table`, indexed by `sign_ins`; `keyring` encrypts the records.
    #[must_use]
    pub fn new(client: Client, table: String, sign_ins: SignIns, keyring: Arc<LiveKeyring>) -> Self {
        Self { client, table, sign_ins, keyring }
    }

    /// Writes a new session and its entries in the index of sign-ins in one transaction, so that a back-channel
    /// logout finds every session. The record's data must contain its [`SignInKey`] under [`SignInKey::FIELD`].
    ///
    /// # Errors
    /// See [`BeginError`]. In each case no session was created.
    pub async fn begin(&self, record: &mut Record) -> std::result::Result<(), BeginError> {
        let encode = |error: &dyn std::fmt::Display| Error::Encode(error.to_string());
        let who = record.data.get(SignInKey::FIELD).cloned().unwrap_or_default();
        let who: SignInKey = serde_json::from_value(who).map_err(|error| encode(&error))?;
        let until = record.expiry_date.unix_timestamp();
        for _ in 0..ATTEMPTS {
            let index = self.sign_ins.entries(&who, &key(&record.id), until).map_err(|error| encode(&error))?;
            let request = self.client.transact_write_items().transact_items(self.put(record)?);
            let request = index.into_iter().fold(request, |request, item| request.transact_items(item));
            let Err(error) = transaction::write(request).await else { return Ok(()) };
            // The session is the first item of its transaction.
            match transaction::failed_condition(&error) {
                // 128 random bits practically never collide, but an existing session must not be overwritten.
                Some(0) => record.id = Id::default(),
                Some(_) => return Err(BeginError::Ended),
                None => return Err(backend(*error).into()),
            }
        }
        Err(Error::Backend(format!("no free id for a session in {ATTEMPTS} attempts")).into())
    }

    /// Ends the session stored under `key`, the hash of its id. Ending a session that has already ended succeeds.
    ///
    /// Returns what the session held; `None` if it had ended before, or cannot be decrypted.
    ///
    /// # Errors
    /// If the store does not respond.
    pub async fn end(&self, key: &str) -> Result<Option<HashMap<String, serde_json::Value>>> {
        let request = self.client.delete_item().table_name(&self.table).key("session_id", s(key));
        let ended = request.return_values(ReturnValue::AllOld).send().await.map_err(backend)?;
        let Some(item) = ended.attributes else { return Ok(None) };
        // Expired or not: the session is over, and this is for what else ends with it. A failure changes nothing.
        let opened = opened(&self.keyring, key, &item, i64::MIN).await;
        Ok(opened.ok().flatten().map(|(_, data)| data))
    }

    /// Returns the key of a session in this store: a hash, from which its id cannot be found.
    #[must_use]
    pub fn key_of(id: &Id) -> String {
        key(id)
    }

    /// Returns those of the sessions that have not ended. Reads them in batches.
    ///
    /// # Errors
    /// [`Unavailable`]: the state of the sessions is unknown.
    pub async fn living(&self, ids: &[Id]) -> std::result::Result<HashSet<Id>, Unavailable> {
        let ids: HashMap<String, Id> = ids.iter().map(|id| (key(id), *id)).collect();
        let wanted = ids.keys().map(|key| Item::from([("session_id".to_owned(), s(key))])).collect();
        let mut living = HashSet::new();
        for item in batch::get(&self.client, &self.table, wanted).await? {
            let Some(id) = ids.get(text(&item, "session_id")?) else { continue };
            let record = self.record(id, &item).await;
            if record.map_err(|error| Unavailable::new(SERVICE, error.to_string()))?.is_some() {
                living.insert(*id);
            }
        }
        Ok(living)
    }

    fn put(&self, record: &Record) -> Result<TransactWriteItem> {
        let encode = |error: &dyn std::fmt::Display| Error::Encode(error.to_string());
        let key = key(&record.id);
        let plain = serde_json::to_vec(&record.data).map_err(|error| encode(&error))?;
        let until = record.expiry_date.unix_timestamp();
        let sealed = self.keyring.seal(&place(&key, until), &plain).map_err(|error| encode(&error))?;
        let mut item = sealed_item::write(sealed);
        item.extend([("session_id".to_owned(), s(key)), ("ttl".to_owned(), n(until))]);
        let put = Put::builder().table_name(&self.table).set_item(Some(item));
        let put =
            put.condition_expression("attribute_not_exists(session_id)").build().map_err(|error| encode(&error))?;
        Ok(TransactWriteItem::builder().put(put).build())
    }

    /// Decrypts the record of an item; `None` if the session has expired or the item cannot be decrypted. The person
    /// then has to sign in again.
    async fn record(&self, id: &Id, item: &Item) -> Result<Option<Record>> {
        let now = time::OffsetDateTime::now_utc().unix_timestamp();
        let opened = opened(&self.keyring, &key(id), item, now).await;
        let Some((until, data)) = opened.map_err(|error| Error::Backend(error.to_string()))? else { return Ok(None) };
        let expiry_date = time::OffsetDateTime::from_unix_timestamp(until);
        Ok(expiry_date.ok().map(|expiry_date| Record { id: *id, data, expiry_date }))
    }
}

/// The content of a session.
type Data = HashMap<String, serde_json::Value>;

/// Decrypts the item of the session stored under `key`; returns its expiry and its content, or `None` if it has expired
/// at `now` (seconds since 1970) or cannot be decrypted.
async fn opened(
    keyring: &LiveKeyring,
    key: &str,
    item: &Item,
    now: i64,
) -> std::result::Result<Option<(i64, Data)>, Unavailable> {
    let Some((until, sealed)) = parts(item) else {
        tracing::error!("a stored session is not complete");
        return Ok(None);
    };
    // DynamoDB deletes expired items up to days late, so the expiry is checked here.
    if until <= now {
        return Ok(None);
    }
    let plain = keyring.open(&place(key, until), &sealed).await?;
    let data = plain.and_then(|plain| serde_json::from_slice(&plain).ok());
    if data.is_none() {
        tracing::error!("a stored session could not be opened");
    }
    Ok(data.map(|data| (until, data)))
}

fn parts(item: &Item) -> Option<(i64, Sealed)> {
    let until = item.get("ttl")?.as_n().ok()?.parse().ok()?;
    Some((until, sealed_item::read(item)?))
}

/// Returns the associated data of an encrypted record: its key, so that it cannot be moved, and its expiry, so that
/// it cannot be extended.
fn place(key: &str, until: i64) -> String {
    format!("{key} until {until}")
}

/// Returns whether any of the sessions stored under these keys is the person's and has not expired at `now`, in seconds
/// since 1970. An item that does not open is no session: whoever writes to the tables could plant one.
///
/// # Errors
/// [`Unavailable`]: the state of the sessions is unknown.
pub(crate) async fn any_lives(
    client: &Client,
    table: &str,
    keyring: &LiveKeyring,
    actor: &Actor,
    sessions: &[String],
    now: i64,
) -> std::result::Result<bool, Unavailable> {
    let keys = sessions.iter().map(|session| Item::from([("session_id".to_owned(), s(session))]));
    for item in batch::get(client, table, keys.collect()).await? {
        let opened = opened(keyring, text(&item, "session_id")?, &item, now).await?;
        let who = opened.and_then(|(_, mut data)| data.remove(SignInKey::FIELD));
        let who = who.and_then(|who| serde_json::from_value::<SignInKey>(who).ok());
        if who.is_some_and(|who| who.issuer == actor.issuer() && who.subject == actor.subject()) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Returns the key of a session: a hash, because the id itself is the value of the cookie.
pub(crate) fn key(id: &Id) -> String {
    hash(&id.to_string())
}

#[async_trait]
impl SessionStore for DynamoSessions {
    async fn create(&self, record: &mut Record) -> Result<()> {
        self.begin(record).await.map_err(|error| match error {
            BeginError::Ended => Error::Backend(error.to_string()),
            BeginError::Store(error) => error,
        })
    }

    /// Always fails: a record is written once, because a request in flight could otherwise restore a session that has
    /// ended.
    async fn save(&self, _: &Record) -> Result<()> {
        Err(Error::Backend("a session is written once, at sign-in".to_owned()))
    }

    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        let request =
            self.client.get_item().table_name(&self.table).key("session_id", s(key(id))).consistent_read(true);
        match request.send().await.map_err(backend)?.item {
            Some(item) => self.record(id, &item).await,
            None => Ok(None),
        }
    }

    async fn delete(&self, id: &Id) -> Result<()> {
        self.end(&key(id)).await.map(|_| ())
    }
}

fn backend<E, R>(error: SdkError<E, R>) -> Error
where
    E: std::error::Error + 'static,
    R: std::fmt::Debug + 'static,
{
    Error::Backend(DisplayErrorContext(error).to_string())
}
