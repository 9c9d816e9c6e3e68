//! Caches recent conversations in memory. A log only grows, so a cached log is extended from its last event; a list of
//! conversations is read again when its stamp has changed. A page costs one small request, however long the
//! conversation is. Headers are not cached: that request says whether the conversation is still there.

use crate::{Key, json_bytes, key};
use agent::Actor;
use agent::ids::ConversationId;
use agent::ports::{
    AppendError, ChangeError, Clock, Conversations, Glance, Glances, Header, ListCursor, Listing, Numbered, ReadError,
    Stamp, Unavailable,
};
use agent::prompts::OpenPrompt;
use agent::search::SearchWords;
use agent::title::Title;
use async_trait::async_trait;
use moka::sync::Cache;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use system::SystemClock;

/// Most bytes of the events of all cached logs, measured as JSON.
const MOST_CACHED_BYTES: u64 = 64 * 1024 * 1024;
/// Time without a request after which a cached entry is dropped.
const IDLE: Duration = Duration::from_secs(600);

/// Age at which a list is read again, whatever its stamp: stamp and list are read by two requests, so a list may be cached
/// under a stamp that is newer.
const LIST_AGE: Duration = Duration::from_secs(60);

/// Most cached lists.
const MOST_CACHED_LISTS: u64 = 10_000;

/// The conversation store with a cache in front of it.
pub struct CachedConversations {
    store: Arc<dyn Conversations>,
    glances: Arc<dyn Glances>,
    logs: Cache<Key, Arc<Log>>,
    lists: Cache<Owner, Arc<List>>,
}

/// Identifies a person: organization, issuer and subject.
type Owner = [String; 3];

/// The first part of a person's list, at least as new as its stamp.
#[derive(Debug)]
struct List {
    stamp: Option<Stamp>,
    most: u32,
    listing: Listing,
}

/// The requested part of a person's list of conversations.
#[derive(Debug, Clone, Copy)]
pub struct ListPart<'a> {
    /// Most conversations to return.
    pub most: u32,
    /// The conversation after which the part begins; `None` for the first part.
    pub after: Option<&'a ListCursor>,
}

/// The data of a page.
#[derive(Debug)]
pub struct Page {
    /// The requested conversation; `None` if none was requested or the person has no such conversation.
    pub conversation: Option<(Header, Arc<Log>)>,
    /// The requested part of the list.
    pub listing: Listing,
    /// The person's open questions; `None` if they could not be read.
    pub open: Option<Vec<OpenPrompt>>,
}

/// The events of a conversation from the first on.
#[derive(Debug, Default)]
pub struct Log {
    events: Vec<Arc<Numbered>>,
    bytes: u32,
}

impl Log {
    /// Returns the events in order.
    pub fn events(&self) -> impl Iterator<Item = &Numbered> + Clone {
        self.events.iter().map(Arc::as_ref)
    }

    /// Returns the number of the last event; 0 for an empty log.
    #[must_use]
    pub fn last(&self) -> u64 {
        self.events.last().map_or(0, |entry| entry.number)
    }

    /// Returns the log extended by the events in `more`.
    fn with(&self, more: Vec<Numbered>) -> Self {
        let mut log = Self { events: self.events.clone(), bytes: self.bytes };
        for entry in more {
            log.bytes = log.bytes.saturating_add(u32::try_from(json_bytes(&entry)).unwrap_or(u32::MAX));
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
    /// Puts an empty cache in front of a store.
    #[must_use]
    pub fn new(store: Arc<dyn Conversations>, glances: Arc<dyn Glances>) -> Self {
        let logs = Cache::builder().max_capacity(MOST_CACHED_BYTES).time_to_idle(IDLE);
        let logs = logs.weigher(|_, log: &Arc<Log>| log.bytes).build();
        let lists = Cache::builder().max_capacity(MOST_CACHED_LISTS).time_to_live(LIST_AGE).build();
        Self { store, glances, logs, lists }
    }

    /// Loads the data of a page, with a single request if nothing has changed since it was last loaded here.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn page(
        &self,
        actor: &Actor,
        conversation: Option<&ConversationId>,
        part: ListPart<'_>,
    ) -> Result<Page, ReadError> {
        // Held across the request: the cache may drop the log meanwhile.
        let known = conversation.map(|id| self.known(&key(actor, id))).unwrap_or_default();
        let log = conversation.map(|id| (id, known.last()));
        let Glance { list, header, grown, open } = self.glances.glance(actor, log, SystemClock.now()).await?;
        let listing = self.listing(actor, part, list).await?;
        let conversation = match header.filter(|header| Some(&header.id) == conversation) {
            None => None,
            Some(header) => {
                let log = if grown { self.read_on(actor, &header.id).await? } else { known };
                Some((header, log))
            }
        };
        Ok(Page { conversation, listing, open })
    }

    /// Returns a part of the list. Only the first part is cached, for as long as the list's `stamp` is the same.
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

    /// Drops the log of a conversation that was deleted.
    pub fn forget(&self, actor: &Actor, id: &ConversationId) {
        self.logs.invalidate(&key(actor, id));
    }

    fn known(&self, key: &Key) -> Arc<Log> {
        self.logs.get(key).unwrap_or_default()
    }

    /// Reads the events after the cached ones, and returns the whole log.
    async fn read_on(&self, actor: &Actor, id: &ConversationId) -> Result<Arc<Log>, ReadError> {
        let key = key(actor, id);
        let known = self.known(&key);
        let more = self.store.read_after(actor, id, known.last()).await?;
        if more.is_empty() {
            return Ok(known);
        }
        let log = Arc::new(known.with(more));
        // A slow reader must not replace a longer log that another reader has cached meanwhile.
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
        self.store.header(actor, id).await
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
        words: &SearchWords,
    ) -> Result<(), AppendError> {
        self.store.append_and_enqueue(actor, id, event, words).await
    }

    async fn append_and_title(
        &self,
        actor: &Actor,
        id: &ConversationId,
        event: &Numbered,
        title: &Title,
    ) -> Result<(), AppendError> {
        self.store.append_and_title(actor, id, event, title).await
    }

    async fn rename(&self, actor: &Actor, id: &ConversationId, title: &Title) -> Result<(), ChangeError> {
        self.store.rename(actor, id, title).await
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

#[cfg(test)]
mod tests;
