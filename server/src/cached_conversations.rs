//! Conversations of late in memory. A log changes by growing alone, so a cached one is read on from its last event; a list of
//! conversations is read again when its stamp has changed. A page costs one small request, however long the conversation is.

use crate::clock::SystemClock;
use crate::turns::{Key, key};
use agent::Actor;
use agent::ids::ConversationId;
use agent::ports::{
    AppendError, Clock, Conversations, Glance, Glances, Header, ListCursor, Listing, Numbered, ReadError, Stamp,
    Unavailable,
};
use agent::prompts::OpenPrompt;
use async_trait::async_trait;
use moka::sync::Cache;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// Most bytes that the events of all cached logs take as JSON.
const MOST_BYTES: u64 = 64 * 1024 * 1024;
/// Logs that nobody asked for in this time are dropped.
const IDLE: Duration = Duration::from_secs(600);

/// Most headers and most lists that are cached.
const MOST: u64 = 10_000;

/// The store of conversations behind a cache.
pub struct CachedConversations {
    store: Arc<dyn Conversations>,
    glances: Arc<dyn Glances>,
    logs: Cache<Key, Arc<Log>>,
    /// A header never changes: the time of last use is not in it. Absent ones are not kept: they may be begun on another instance.
    headers: Cache<Key, Header>,
    lists: Cache<Owner, Arc<List>>,
}

/// Organization, issuer and subject.
type Owner = [String; 3];

/// The first part of a person's list, at least as new as its stamp.
#[derive(Debug)]
struct List {
    stamp: Option<Stamp>,
    most: u32,
    listing: Listing,
}

/// The part of a person's list of conversations that is wanted.
#[derive(Debug, Clone, Copy)]
pub struct ListPart<'a> {
    /// Most conversations.
    pub most: u32,
    /// Those behind this one; the first ones by default.
    pub after: Option<&'a ListCursor>,
}

/// The content of a page.
#[derive(Debug)]
pub struct Page {
    /// The conversation that is shown; `None` if the person has no such one, or none is wanted.
    pub conversation: Option<(Header, Arc<Log>)>,
    /// The part of the list.
    pub listing: Listing,
    /// The questions that the person has open; `None` if they are not known.
    pub open: Option<Vec<OpenPrompt>>,
}

/// The events of a log from its first on.
#[derive(Debug, Default)]
pub struct Log {
    events: Vec<Arc<Numbered>>,
    bytes: u32,
}

impl Log {
    /// The events in order.
    pub fn events(&self) -> impl Iterator<Item = &Numbered> + Clone {
        self.events.iter().map(Arc::as_ref)
    }

    /// The number of the last event; 0 for an empty log.
    #[must_use]
    pub fn last(&self) -> u64 {
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

impl CachedConversations {
    /// A cache before a store.
    #[must_use]
    pub fn new(store: Arc<dyn Conversations>, glances: Arc<dyn Glances>) -> Self {
        let logs = Cache::builder().max_capacity(MOST_BYTES).time_to_idle(IDLE);
        let logs = logs.weigher(|_, log: &Arc<Log>| log.bytes).build();
        let headers = Cache::builder().max_capacity(MOST).time_to_idle(IDLE).build();
        let lists = Cache::builder().max_capacity(MOST).time_to_idle(IDLE).build();
        Self { store, glances, logs, headers, lists }
    }

    /// The content of a page: by one request when nothing has changed since it was last read here.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn page(
        &self,
        actor: &Actor,
        conversation: Option<&ConversationId>,
        part: ListPart<'_>,
    ) -> Result<Page, ReadError> {
        let header = match conversation {
            Some(id) => self.header(actor, id).await?,
            None => None,
        };
        let known = header.as_ref().map(|header| (&header.id, self.known(&key(actor, &header.id)).last()));
        let Glance { list, grown, open } = self.glances.glance(actor, known, SystemClock.now()).await?;
        let listing = self.listing(actor, part, list).await?;
        let conversation = match header {
            None => None,
            Some(header) => {
                let log =
                    if grown { self.read_on(actor, &header.id).await? } else { self.known(&key(actor, &header.id)) };
                Some((header, log))
            }
        };
        Ok(Page { conversation, listing, open })
    }

    /// The part of a list whose stamp was `stamp` a moment ago.
    async fn listing(&self, actor: &Actor, part: ListPart<'_>, stamp: Option<Stamp>) -> Result<Listing, Unavailable> {
        if part.after.is_some() {
            return self.store.list(actor, part.most, part.after).await;
        }
        let owner = [actor.tenant(), actor.issuer(), actor.subject()].map(str::to_owned);
        if let Some(list) = self.lists.get(&owner).filter(|list| list.stamp == stamp && list.most == part.most) {
            return Ok(list.listing.clone());
        }
        let listing = self.store.list(actor, part.most, None).await?;
        self.lists.insert(owner, Arc::new(List { stamp, most: part.most, listing: listing.clone() }));
        Ok(listing)
    }

    fn known(&self, key: &Key) -> Arc<Log> {
        self.logs.get(key).unwrap_or_default()
    }

    /// The log, read on from its last known event.
    async fn read_on(&self, actor: &Actor, id: &ConversationId) -> Result<Arc<Log>, ReadError> {
        let key = key(actor, id);
        let known = self.known(&key);
        let more = self.store.read_after(actor, id, known.last()).await?;
        if more.is_empty() {
            return Ok(known);
        }
        let log = Arc::new(known.with(more));
        // A reader that is late must not put back what another one has read on.
        if self.logs.get(&key).is_none_or(|cached| cached.last() < log.last()) {
            self.logs.insert(key, log.clone());
        }
        Ok(log)
    }
}

#[async_trait]
impl Conversations for CachedConversations {
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
        Ok(self.read_on(actor, id).await?.after(number))
    }
}

impl fmt::Debug for CachedConversations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CachedConversations").field("logs", &self.logs.entry_count()).finish_non_exhaustive()
    }
}
