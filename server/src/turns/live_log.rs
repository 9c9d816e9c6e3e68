//! The journal of a running turn: stores first, then lets watchers know.

use super::Hub;
use crate::clock::SystemClock;
use agent::Actor;
use agent::ids::ConversationId;
use agent::ports::{AppendError, Clock, Conversations, Numbered, Unavailable};
use agent::turn::{Event, Journal};
use async_trait::async_trait;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;

pub(super) struct LiveLog {
    conversations: Arc<dyn Conversations>,
    hub: Hub,
    actor: Actor,
    id: ConversationId,
    log: Mutex<Vec<Numbered>>,
    people: Arc<Notify>,
}

/// The longest time without a look at the store. The feed wakes a turn earlier when people write on another instance.
const LOOK: Duration = Duration::from_secs(30);

impl LiveLog {
    pub(super) fn new(
        conversations: Arc<dyn Conversations>,
        hub: Hub,
        actor: Actor,
        id: ConversationId,
        log: Vec<Numbered>,
    ) -> Self {
        let people = hub.people(&actor, &id);
        hub.seen(&actor, &id, log.last().map_or(0, |entry| entry.number));
        Self { conversations, hub, actor, id, log: Mutex::new(log), people }
    }

    fn last(&self) -> u64 {
        self.lock().last().map_or(0, |entry| entry.number)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Numbered>> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Journal for LiveLog {
    fn log(&self) -> Vec<Numbered> {
        self.lock().clone()
    }

    async fn append(&self, event: Event) -> Result<(), Unavailable> {
        loop {
            let last = self.last();
            let numbered = Numbered { number: last + 1, at: SystemClock.now(), event: event.clone() };
            match self.conversations.append(&self.actor, &self.id, &numbered).await {
                Ok(()) => {
                    self.hub.event(&self.actor, &self.id, &numbered);
                    self.lock().push(numbered);
                    return Ok(());
                }
                // Somebody wrote meanwhile and keeps the number.
                Err(AppendError::Taken) => self.refresh().await?,
                Err(AppendError::Unavailable(error)) => return Err(error),
            }
        }
    }

    /// Takes in what people wrote. What only the runner of this turn may write is a sign that another instance has taken
    /// over, and then nothing more may be done here.
    async fn refresh(&self) -> Result<(), Unavailable> {
        let more = self.conversations.read_after(&self.actor, &self.id, self.last()).await?;
        if let Some(foreign) = more.iter().find(|entry| !entry.event.is_from_outside()) {
            let cause = format!("event {} is of another instance", foreign.number);
            return Err(Unavailable::new(super::STORE, cause));
        }
        self.lock().extend(more);
        Ok(())
    }

    async fn stirred(&self) {
        // No harm if the time passes first: then the store is looked at as well.
        let _ = tokio::time::timeout(LOOK, self.people.notified()).await;
    }

    fn delta(&self, text: &str) {
        self.hub.delta(&self.actor, &self.id, text);
    }
}
