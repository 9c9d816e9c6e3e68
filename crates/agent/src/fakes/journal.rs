//! An in-memory log with the same difficulties as a shared store.

use super::lock;
use crate::ports::{Clock, Numbered, Unavailable};
use crate::turn::{Condition, Event, History, Journal};
use async_trait::async_trait;
use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::Notify;

/// Delay until a turn learns of another instance's writes.
const ELSEWHERE: Duration = Duration::from_secs(5);

/// Stores the log. It can fail at a given number, which simulates a crash at that point. Events of others become
/// visible only after a refresh, or when an append finds its number taken.
#[derive(Default)]
pub struct MemoryJournal {
    log: Mutex<Log>,
    deltas: Mutex<String>,
    fails_at: Option<u64>,
    intrudes: Mutex<Option<(u64, Event)>>,
    clock: Option<Arc<dyn Clock>>,
    stirs: Notify,
}

#[derive(Debug, Default)]
struct Log {
    stored: Vec<Numbered>,
    /// The number of events that the turn has seen.
    seen: usize,
}

impl Log {
    /// Reads the events that people wrote. An event that only a turn writes shows that another instance has taken over.
    fn refresh(&mut self) -> Result<(), Unavailable> {
        match self.stored[self.seen..].iter().find(|entry| !entry.event.is_from_outside()) {
            Some(foreign) => {
                Err(Unavailable::new("the log", format!("another instance wrote event {}", foreign.number)))
            }
            None => {
                self.seen = self.stored.len();
                Ok(())
            }
        }
    }

    fn history(&self) -> History {
        History::fold(&self.stored[..self.seen])
    }

    fn push(&mut self, at: crate::ports::Millis, event: Event) {
        let number = self.stored.len() as u64 + 1;
        self.stored.push(Numbered { number, at, event });
    }
}

impl MemoryJournal {
    /// Creates a journal that starts with these events.
    #[must_use]
    pub fn with(events: Vec<Event>) -> Self {
        let numbered = (1..).zip(events).map(|(number, event)| Numbered { number, at: 0, event });
        let stored: Vec<_> = numbered.collect();
        Self { log: Mutex::new(Log { seen: stored.len(), stored }), ..Self::default() }
    }

    /// Makes the append of event `number` fail.
    #[must_use]
    pub fn failing_at(self, number: Option<u64>) -> Self {
        Self { fails_at: number, ..self }
    }

    /// Makes another instance write `event` as `number` just before the turn does.
    #[must_use]
    pub fn intruded_at(self, number: u64, event: Event) -> Self {
        Self { intrudes: Mutex::new(Some((number, event))), ..self }
    }

    /// Takes the times of events from this clock.
    #[must_use]
    pub fn at(self, clock: Arc<dyn Clock>) -> Self {
        Self { clock: Some(clock), ..self }
    }

    /// Appends an event that somebody else writes on this instance, and wakes the turn.
    pub fn intrude(&self, event: Event) {
        self.intrude_elsewhere(event);
        self.stirs.notify_waiters();
    }

    /// Appends an event that somebody writes on another instance.
    pub fn intrude_elsewhere(&self, event: Event) {
        let now = self.now();
        lock(&self.log).push(now, event);
    }

    /// All events, seen by the turn or not.
    #[must_use]
    pub fn events(&self) -> Vec<Event> {
        lock(&self.log).stored.iter().map(|entry| entry.event.clone()).collect()
    }

    /// All streamed text.
    #[must_use]
    pub fn deltas(&self) -> String {
        lock(&self.deltas).clone()
    }

    fn now(&self) -> crate::ports::Millis {
        self.clock.as_ref().map_or(0, |clock| clock.now())
    }
}

#[async_trait]
impl Journal for MemoryJournal {
    fn history(&self) -> Arc<History> {
        Arc::new(lock(&self.log).history())
    }

    async fn append_if(&self, event: Event, holds: Condition<'_>) -> Result<bool, Unavailable> {
        let now = self.now();
        let mut log = lock(&self.log);
        let next = log.seen as u64 + 1;
        if let Some((_, foreign)) = lock(&self.intrudes).take_if(|(number, _)| *number == next) {
            log.push(now, foreign);
        }
        log.refresh()?;
        if !holds(&log.history()) {
            return Ok(false);
        }
        if self.fails_at == Some(log.stored.len() as u64 + 1) {
            return Err(Unavailable::new("the log", "the instance has crashed"));
        }
        log.push(now, event);
        log.seen = log.stored.len();
        Ok(true)
    }

    async fn refresh(&self) -> Result<(), Unavailable> {
        lock(&self.log).refresh()
    }

    async fn changed(&self) {
        let _ = tokio::time::timeout(ELSEWHERE, self.stirs.notified()).await;
    }

    fn delta(&self, text: &str) {
        lock(&self.deltas).push_str(text);
    }
}

impl fmt::Debug for MemoryJournal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryJournal").field("log", &self.log).finish_non_exhaustive()
    }
}
