//! Follows a conversation: first its stored events, then the live ones, on whatever instance the turn runs.

use super::{Key, News, Turns, key};
use agent::Actor;
use agent::ids::ConversationId;
use agent::ports::{Conversations, Numbered, ReadError, Unavailable};
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::broadcast::{self, error::RecvError};

/// Interval of a stream's heartbeats, at which the end of its session is noticed. It runs by the clock, since a busy
/// stream must notice that end too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Heartbeat(pub Duration);

impl Default for Heartbeat {
    fn default() -> Self {
        Self(Duration::from_secs(10))
    }
}

/// A watcher of one conversation.
pub struct Watching {
    turns: Turns,
    conversations: Arc<dyn Conversations>,
    actor: Actor,
    id: ConversationId,
    key: Key,
    /// Present until the watcher is dropped.
    news: Option<broadcast::Receiver<News>>,
    ready: VecDeque<WatchItem>,
    last: u64,
    beat: Duration,
    /// The time of the last beat; `None` before the first read of the store.
    beaten: Option<Instant>,
}

/// An item that a watcher receives.
#[derive(Debug, Clone)]
#[expect(clippy::large_enum_variant, reason = "only one exists at a time")]
pub enum WatchItem {
    /// A stored event.
    Event(Numbered),
    /// The number of the last event before the unfinished block, and all of the block so far.
    Partial(u64, String),
    /// The same number, and more text of the block.
    Delta(u64, String),
    /// A heartbeat.
    Beat,
    /// The conversation was deleted; the stream ends.
    Deleted,
    /// A service does not answer; the stream ends.
    Lost(&'static str),
    /// The server is shutting down; the stream ends.
    Closing,
}

impl Watching {
    /// Follows a conversation after event number `after`.
    #[must_use]
    pub fn new(
        turns: Turns,
        conversations: Arc<dyn Conversations>,
        actor: Actor,
        id: ConversationId,
        after: u64,
        beat: Heartbeat,
    ) -> Self {
        let key = key(&actor, &id);
        let (news, ..) = turns.hub().subscribe(&actor, &id);
        Self {
            turns,
            conversations,
            actor,
            id,
            key,
            news: Some(news),
            ready: VecDeque::new(),
            last: after,
            beat: beat.0,
            beaten: None,
        }
    }

    /// Returns the next item. The store is read at first, and again only by a watcher that fell behind.
    pub async fn next(&mut self) -> WatchItem {
        loop {
            let due = self.beaten.map_or(Duration::ZERO, |at| self.beat.saturating_sub(at.elapsed()));
            if due.is_zero() {
                let first = self.beaten.replace(Instant::now()).is_none();
                return if first {
                    self.catch_up().await.map_or_else(|end| end, |()| WatchItem::Beat)
                } else {
                    WatchItem::Beat
                };
            }
            if let Some(heard) = self.ready.pop_front() {
                return heard;
            }
            // A quiet watcher keeps no room for the events that it caught up with.
            self.ready = VecDeque::new();
            let closing = self.turns.closing().clone();
            let Some(receiver) = &mut self.news else { return WatchItem::Closing };
            let news = tokio::select! {
                () = closing.cancelled() => return WatchItem::Closing,
                news = tokio::time::timeout(due, receiver.recv()) => news,
            };
            match news {
                Ok(Ok(News::Event(event))) if event.number <= self.last => {}
                Ok(Ok(News::Event(event))) if event.number == self.last + 1 => self.hear(Arc::unwrap_or_clone(event)),
                Ok(Ok(News::Delta { since, text })) => self.ready.push_back(WatchItem::Delta(since, text)),
                Ok(Ok(News::Deleted)) => return WatchItem::Deleted,
                Ok(Ok(News::Lost(service))) => return WatchItem::Lost(service),
                Err(_) => {}
                // A slow watcher has missed events; the store has them all.
                Ok(Ok(News::Event(_)) | Err(RecvError::Lagged(_))) => {
                    if let Err(end) = self.catch_up().await {
                        return end;
                    }
                }
                Ok(Err(RecvError::Closed)) => return WatchItem::Closing,
            }
        }
    }

    /// Reads the stored events beyond those already received; the error is the stream's end.
    async fn catch_up(&mut self) -> Result<(), WatchItem> {
        let (news, since, partial) = self.turns.hub().subscribe(&self.actor, &self.id);
        self.news = Some(news);
        let events = self.conversations.read_after(&self.actor, &self.id, self.last).await.map_err(|error| {
            if matches!(error, ReadError::Deleted) {
                return WatchItem::Deleted;
            }
            tracing::warn!(error = %error, "a stream could not read new events");
            WatchItem::Lost(Unavailable::from(error).service)
        })?;
        for event in events {
            self.hear(event);
        }
        self.turns.hub().seen(&self.actor, &self.id, self.last);
        // Sent even if it is empty: the page may still show text of an instance that is gone.
        self.ready.push_back(WatchItem::Partial(since.max(self.last), partial));
        Ok(())
    }

    fn hear(&mut self, event: Numbered) {
        self.last = event.number;
        self.ready.push_back(WatchItem::Event(event));
    }
}

/// The last watcher frees the backlog.
impl Drop for Watching {
    fn drop(&mut self) {
        self.news = None;
        self.turns.hub().rest(&self.key);
    }
}

impl std::fmt::Debug for Watching {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Watching").field("conversation", &self.id).field("last", &self.last).finish_non_exhaustive()
    }
}
