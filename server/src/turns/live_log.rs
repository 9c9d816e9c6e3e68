//! The journal of a running turn: stores first, then lets watchers know.

use super::{Hub, Key};
use crate::clock::SystemClock;
use agent::Actor;
use agent::ids::ConversationId;
use agent::ports::{AppendError, Clock, Conversations, Numbered, Unavailable};
use agent::turn::{Event, Journal};
use async_trait::async_trait;
use std::sync::{Arc, Mutex, PoisonError};

pub(super) struct LiveLog {
    conversations: Arc<dyn Conversations>,
    hub: Hub,
    actor: Actor,
    id: ConversationId,
    key: Key,
    log: Mutex<Vec<Numbered>>,
}

impl LiveLog {
    pub(super) fn new(
        conversations: Arc<dyn Conversations>,
        hub: Hub,
        actor: Actor,
        id: ConversationId,
        key: Key,
        log: Vec<Numbered>,
    ) -> Self {
        Self { conversations, hub, actor, id, key, log: Mutex::new(log) }
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
                    self.hub.event(&self.key, &numbered);
                    self.lock().push(numbered);
                    return Ok(());
                }
                // A message was posted meanwhile; it keeps its number and we take the next.
                Err(AppendError::Taken) => {
                    let more = self.conversations.read_after(&self.actor, &self.id, last).await?;
                    self.lock().extend(more);
                }
                Err(AppendError::Unavailable(error)) => return Err(error),
            }
        }
    }

    fn delta(&self, text: &str) {
        self.hub.delta(&self.key, text);
    }
}
