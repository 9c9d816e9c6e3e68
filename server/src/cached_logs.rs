//! Logs of late in memory. A log changes by growing alone, so a cached one is read on from its last event: a page or a post
//! costs one small request, however long the conversation is.

use crate::turns::{Key, key};
use agent::Actor;
use agent::ids::ConversationId;
use agent::ports::{AppendError, Conversations, Header, ListCursor, Listing, Numbered, ReadError, Unavailable};
use async_trait::async_trait;
use moka::sync::Cache;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// Most bytes that the events of all cached logs take as JSON.
const MOST_BYTES: u64 = 64 * 1024 * 1024;
/// Logs that nobody asked for in this time are dropped.
const IDLE: Duration = Duration::from_secs(600);

/// The store of conversations behind a cache of logs and headers.
pub struct CachedLogs {
    store: Arc<dyn Conversations>,
    logs: Cache<Key, Arc<Log>>,
    /// A header never changes: the time of last use is not in it. Absent ones are not kept: they may be begun on another instance.
    headers: Cache<Key, Header>,
}

/// The events of a log from its first on.
#[derive(Debug, Default)]
struct Log {
    events: Vec<Arc<Numbered>>,
    bytes: u32,
}

impl Log {
    fn last(&self) -> u64 {
        self.events.last().map_or(0, |entry| entry.number)
    }

    /// The log with what follows it.
    fn with(&self, more: Vec<Numbered>) -> Self {
        let mut log = Self { events: self.events.clone(), bytes: self.bytes };
        for entry in more {
            // An event that cannot be measured takes part as if it were large.
            let bytes = serde_json::to_vec(&entry.event).map_or(64 * 1024, |json| json.len());
            log.bytes = log.bytes.saturating_add(u32::try_from(bytes).unwrap_or(u32::MAX));
            log.events.push(Arc::new(entry));
        }
        log
    }

    fn after(&self, number: u64) -> Vec<Numbered> {
        let skipped = usize::try_from(number).unwrap_or(usize::MAX);
        self.events.iter().skip(skipped).map(|entry| Numbered::clone(entry)).collect()
    }
}

impl CachedLogs {
    /// A cache before `store`.
    #[must_use]
    pub fn new(store: Arc<dyn Conversations>) -> Self {
        let logs = Cache::builder().max_capacity(MOST_BYTES).time_to_idle(IDLE);
        let logs = logs.weigher(|_, log: &Arc<Log>| log.bytes).build();
        Self { store, logs, headers: Cache::builder().max_capacity(10_000).time_to_idle(IDLE).build() }
    }
}

#[async_trait]
impl Conversations for CachedLogs {
    async fn begin(&self, actor: &Actor, header: &Header) -> Result<(), Unavailable> {
        self.store.begin(actor, header).await
    }

    async fn header(&self, actor: &Actor, id: &ConversationId) -> Result<Option<Header>, Unavailable> {
        let key = key(actor, id);
        if let Some(header) = self.headers.get(&key) {
            return Ok(Some(header));
        }
        let header = self.store.header(actor, id).await?;
        if let Some(header) = &header {
            self.headers.insert(key, header.clone());
        }
        Ok(header)
    }

    async fn list(&self, actor: &Actor, most: u32, after: Option<&ListCursor>) -> Result<Listing, Unavailable> {
        self.store.list(actor, most, after).await
    }

    async fn append(&self, actor: &Actor, id: &ConversationId, event: &Numbered) -> Result<(), AppendError> {
        self.store.append(actor, id, event).await
    }

    async fn append_and_enqueue(
        &self,
        actor: &Actor,
        id: &ConversationId,
        event: &Numbered,
    ) -> Result<(), AppendError> {
        self.store.append_and_enqueue(actor, id, event).await
    }

    async fn read_after(&self, actor: &Actor, id: &ConversationId, number: u64) -> Result<Vec<Numbered>, ReadError> {
        let key = key(actor, id);
        let known = self.logs.get(&key).unwrap_or_default();
        let more = self.store.read_after(actor, id, known.last()).await?;
        if more.is_empty() {
            return Ok(known.after(number));
        }
        let log = Arc::new(known.with(more));
        // A reader that is late must not put back what another one has read on.
        if self.logs.get(&key).is_none_or(|cached| cached.last() < log.last()) {
            self.logs.insert(key, log.clone());
        }
        Ok(log.after(number))
    }
}

impl fmt::Debug for CachedLogs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CachedLogs").field("logs", &self.logs.entry_count()).finish_non_exhaustive()
    }
}
