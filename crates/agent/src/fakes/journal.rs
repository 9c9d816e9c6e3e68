//! A log in memory.

use crate::ports::{Numbered, Unavailable};
use crate::turn::{Event, Journal};
use async_trait::async_trait;
use std::sync::{Mutex, PoisonError};

/// Keeps the log; may be told to fail at a number, as if the plug had been pulled there.
#[derive(Debug, Default)]
pub struct MemoryJournal {
    log: Mutex<Vec<Numbered>>,
    deltas: Mutex<String>,
    fails_at: Option<u64>,
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
        log.push(Numbered { number, at: 0, event });
        Ok(())
    }

    fn delta(&self, text: &str) {
        self.deltas.lock().unwrap_or_else(PoisonError::into_inner).push_str(text);
    }
}
