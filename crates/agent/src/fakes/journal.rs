//! A log in memory.

use crate::ports::{Clock, Numbered, Unavailable};
use crate::turn::{Event, Journal};
use async_trait::async_trait;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::Notify;

/// Keeps the log; may be told to fail at a number, as if the plug had been pulled there.
#[derive(Default)]
pub struct MemoryJournal {
    log: Mutex<Vec<Numbered>>,
    deltas: Mutex<String>,
    fails_at: Option<u64>,
    clock: Option<Arc<dyn Clock>>,
    stirs: Notify,
}

impl MemoryJournal {
    /// A journal that begins with these events.
    #[must_use]
    pub fn with(events: Vec<Event>) -> Self {
        let numbered = (1..).zip(events).map(|(number, event)| Numbered { number, at: 0, event });
        Self { log: Mutex::new(numbered.collect()), ..Self::default() }
    }

    /// The same log, failing when event `number` is to be written.
    #[must_use]
    pub fn failing_at(self, number: Option<u64>) -> Self {
        Self { fails_at: number, ..self }
    }

    /// The same log, whose times are this clock's.
    #[must_use]
    pub fn at(self, clock: Arc<dyn Clock>) -> Self {
        Self { clock: Some(clock), ..self }
    }

    /// Appends what somebody outside of the turn writes, and wakes it.
    pub fn intrude(&self, event: Event) {
        let at = self.clock.as_ref().map_or(0, |clock| clock.now());
        let mut log = self.log.lock().unwrap_or_else(PoisonError::into_inner);
        let number = log.len() as u64 + 1;
        log.push(Numbered { number, at, event });
        self.stirs.notify_waiters();
    }

    /// The events.
    #[must_use]
    pub fn events(&self) -> Vec<Event> {
        self.log().into_iter().map(|entry| entry.event).collect()
    }

    /// All text that was streamed.
    #[must_use]
    pub fn deltas(&self) -> String {
        self.deltas.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

#[async_trait]
impl Journal for MemoryJournal {
    fn log(&self) -> Vec<Numbered> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    async fn append(&self, event: Event) -> Result<(), Unavailable> {
        let mut log = self.log.lock().unwrap_or_else(PoisonError::into_inner);
        let number = log.len() as u64 + 1;
        if self.fails_at == Some(number) {
            return Err(Unavailable::new("the log", "the plug was pulled"));
        }
        let at = self.clock.as_ref().map_or(0, |clock| clock.now());
        log.push(Numbered { number, at, event });
        Ok(())
    }

    async fn refresh(&self) -> Result<(), Unavailable> {
        Ok(())
    }

    async fn stirred(&self) {
        self.stirs.notified().await;
    }

    fn delta(&self, text: &str) {
        self.deltas.lock().unwrap_or_else(PoisonError::into_inner).push_str(text);
    }
}

impl fmt::Debug for MemoryJournal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryJournal").field("log", &self.log).finish_non_exhaustive()
    }
}
