//! The journal of a running turn: stores each event first, then publishes it to watchers.

use super::Hub;
use agent::Actor;
use agent::ids::ConversationId;
use agent::ports::{AppendError, Clock, Conversations, Numbered, Unavailable};
use agent::title::Title;
use agent::turn::{Condition, Event, History, Journal};
use async_trait::async_trait;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;

pub(super) struct LiveLog {
    conversations: Arc<dyn Conversations>,
    hub: Hub,
    clock: Arc<dyn Clock>,
    actor: Actor,
    id: ConversationId,
    read: Mutex<Read>,
    people: Arc<Notify>,
}

/// The log as far as it has been read or written here.
struct Read {
    history: Arc<History>,
    last: u64,
}

impl Read {
    fn take_in(&mut self, entry: &Numbered) {
        Arc::make_mut(&mut self.history).apply(entry);
        self.last = entry.number;
    }
}

/// Longest time without a read of the store. The feed wakes a turn earlier when a person writes on another instance.
const LOG_POLL: Duration = Duration::from_secs(30);

impl LiveLog {
    pub(super) fn new(
        conversations: Arc<dyn Conversations>,
        hub: Hub,
        clock: Arc<dyn Clock>,
        actor: Actor,
        id: ConversationId,
        history: Arc<History>,
        last: u64,
    ) -> Self {
        let people = hub.people(&actor, &id);
        hub.seen(&actor, &id, last);
        let read = Mutex::new(Read { history, last });
        Self { conversations, hub, clock, actor, id, read, people }
    }

    /// Stores an event. The summary of the first call becomes the title.
    async fn store(&self, entry: &Numbered) -> Result<(), AppendError> {
        let Self { conversations, actor, id, .. } = self;
        let title = match &entry.event {
            Event::CallProposed { summary, .. } if !self.history().has_called() => Title::of_summary(summary),
            _ => None,
        };
        match title {
            Some(title) => conversations.append_and_title(actor, id, entry, &title).await,
            None => conversations.append(actor, id, entry).await,
        }
    }

    fn last(&self) -> u64 {
        self.lock().last
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Read> {
        self.read.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Journal for LiveLog {
    fn history(&self) -> Arc<History> {
        self.lock().history.clone()
    }

    async fn append_if(&self, event: Event, holds: Condition<'_>) -> Result<bool, Unavailable> {
        loop {
            if !holds(&self.history()) {
                return Ok(false);
            }
            let last = self.last();
            let numbered = Numbered { number: last + 1, at: self.clock.now(), event: event.clone() };
            match self.store(&numbered).await {
                Ok(()) => {
                    self.hub.event(&self.actor, &self.id, &numbered);
                    self.lock().take_in(&numbered);
                    return Ok(true);
                }
                // Another event has taken the number meanwhile.
                Err(AppendError::Taken) => self.refresh().await?,
                Err(AppendError::Deleted) => {
                    return Err(Unavailable::new(super::STORE, "the conversation was deleted"));
                }
                Err(AppendError::Unavailable(error)) => return Err(error),
            }
        }
    }

    /// Takes in the events that people added. An event that only the runner of this turn may write shows that another
    /// instance has taken over; then this instance must not go on.
    async fn refresh(&self) -> Result<(), Unavailable> {
        let more = self.conversations.read_after(&self.actor, &self.id, self.last()).await?;
        if let Some(foreign) = more.iter().find(|entry| !entry.event.is_from_outside()) {
            let cause = format!("event {} was written by another instance", foreign.number);
            return Err(Unavailable::new(super::STORE, cause));
        }
        let mut read = self.lock();
        more.iter().for_each(|entry| read.take_in(entry));
        Ok(())
    }

    async fn changed(&self) {
        // It does not matter if the time passes first: the store is then read as well.
        let _ = tokio::time::timeout(LOG_POLL, self.people.notified()).await;
    }

    fn delta(&self, text: &str) {
        self.hub.delta(&self.actor, &self.id, text);
    }
}
