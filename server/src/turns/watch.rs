//! Following a conversation: what is stored, then what happens, wherever the turn runs.

use super::{Key, News, Turns, key};
use agent::Actor;
use agent::ids::ConversationId;
use agent::ports::{Conversations, Numbered};
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::broadcast::{self, error::RecvError};

/// How often a stream says that it is alive, and looks whether its session is: by the clock, since a stream with much to
/// say must notice the end of its session too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Beat(pub Duration);

impl Default for Beat {
    fn default() -> Self {
        Self(Duration::from_secs(10))
    }
}

/// One watcher.
pub struct Watching {
    turns: Turns,
    conversations: Arc<dyn Conversations>,
    actor: Actor,
    id: ConversationId,
    key: Key,
    /// Always there until the watcher is dropped.
    news: Option<broadcast::Receiver<News>>,
    ready: VecDeque<Heard>,
    last: u64,
    beat: Duration,
    /// The time of the last beat; `None` before the first look at the store.
    beaten: Option<Instant>,
}

/// What a watcher hears.
#[derive(Debug, Clone)]
#[expect(clippy::large_enum_variant, reason = "there is one at a time")]
pub enum Heard {
    /// An event.
    Event(Numbered),
    /// All of the unfinished block so far.
    Partial(u64, String),
    /// More of it.
    Delta(u64, String),
    /// Nothing for a while.
    Beat,
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
        beat: Beat,
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

    /// The next that is heard. The store is read at first, and again only by a watcher that fell behind.
    pub async fn next(&mut self) -> Heard {
        loop {
            let due = self.beaten.map_or(Duration::ZERO, |at| self.beat.saturating_sub(at.elapsed()));
            if due.is_zero() {
                let first = self.beaten.replace(Instant::now()).is_none();
                return if first {
                    self.catch_up().await.map_or_else(Heard::Lost, |()| Heard::Beat)
                } else {
                    Heard::Beat
                };
            }
            if let Some(heard) = self.ready.pop_front() {
                return heard;
            }
            let closing = self.turns.closing().clone();
            let Some(receiver) = &mut self.news else { return Heard::Closing };
            let news = tokio::select! {
                () = closing.cancelled() => return Heard::Closing,
                news = tokio::time::timeout(due, receiver.recv()) => news,
            };
            match news {
                Ok(Ok(News::Event(event))) if event.number <= self.last => {}
                Ok(Ok(News::Event(event))) if event.number == self.last + 1 => self.hear(Arc::unwrap_or_clone(event)),
                Ok(Ok(News::Delta { since, text })) => self.ready.push_back(Heard::Delta(since, text)),
                Ok(Ok(News::Lost(service))) => return Heard::Lost(service),
                Err(_) => {}
                // A slow watcher misses events: the store has them all.
                Ok(Ok(News::Event(_)) | Err(RecvError::Lagged(_))) => {
                    if let Err(service) = self.catch_up().await {
                        return Heard::Lost(service);
                    }
                }
                Ok(Err(RecvError::Closed)) => return Heard::Closing,
            }
        }
    }

    /// Reads what the store has beyond what was heard.
    async fn catch_up(&mut self) -> Result<(), &'static str> {
        let (news, since, partial) = self.turns.hub().subscribe(&self.actor, &self.id);
        self.news = Some(news);
        let events = self.conversations.read_after(&self.actor, &self.id, self.last).await.map_err(|error| {
            tracing::warn!(error = %error, "a watcher could not read");
            agent::ports::Unavailable::from(error).service
        })?;
        for event in events {
            self.hear(event);
        }
        self.turns.hub().seen(&self.actor, &self.id, self.last);
        // Even when it is empty: the page may still show words of an instance that is no more.
        self.ready.push_back(Heard::Partial(since.max(self.last), partial));
        Ok(())
    }

    fn hear(&mut self, event: Numbered) {
        self.last = event.number;
        self.ready.push_back(Heard::Event(event));
    }
}

/// The last watcher gives back the room for watchers.
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
