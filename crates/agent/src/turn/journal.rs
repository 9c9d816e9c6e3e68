//! The log as a running turn reads and writes it, and the signal that ends a turn early.

use super::{Event, History};
use crate::ports::Unavailable;
use async_trait::async_trait;
use std::sync::Arc;
use tokio::sync::watch;

/// The condition under which an event may be appended.
pub type Condition<'a> = &'a (dyn Fn(&History) -> bool + Send + Sync);

/// The log of one conversation, as its turn accesses it.
#[async_trait]
pub trait Journal: Send + Sync {
    /// The fold of all events that this turn has written or read. Drop it before the next append; otherwise the append
    /// copies it.
    fn history(&self) -> Arc<History>;

    /// Appends an event if `holds` is true of the history that it is appended to, and notifies watchers. If another
    /// writer's event comes first, the condition is evaluated again on the new history. Returns whether the event was
    /// appended.
    ///
    /// # Errors
    /// [`Unavailable`]: the turn must not continue, because its progress would not be recorded.
    async fn append_if(&self, event: Event, holds: Condition<'_>) -> Result<bool, Unavailable>;

    /// Appends an event that is valid regardless of concurrent writes.
    ///
    /// # Errors
    /// As [`append_if`](Self::append_if).
    async fn append(&self, event: Event) -> Result<(), Unavailable> {
        self.append_if(event, &|_| true).await.map(|_| ())
    }

    /// Reads the events that others have written since the last read.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn refresh(&self) -> Result<(), Unavailable>;

    /// Waits until others have written something. May return spuriously; news from another instance may take a few
    /// seconds.
    async fn changed(&self);

    /// Sends more text to watchers. It is not stored until its block is complete.
    fn delta(&self, text: &str);
}

/// The reason to end a running turn early.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Interrupt {
    /// Stop, because the person cancelled the turn.
    Stop,
    /// Leave the turn open: this instance is shutting down, and another one continues.
    Suspend,
}

/// The receiver of the interrupt of one turn. The turn checks it before each action, while the model streams, and while a
/// person is prompted.
#[derive(Debug, Clone)]
pub struct Interrupts(watch::Receiver<Option<Interrupt>>);

impl Interrupts {
    /// Creates a receiver and its sender.
    #[must_use]
    pub fn new() -> (watch::Sender<Option<Interrupt>>, Self) {
        let (sender, receiver) = watch::channel(None);
        (sender, Self(receiver))
    }

    /// Returns the interrupt, if one was sent.
    #[must_use]
    pub fn sent(&self) -> Option<Interrupt> {
        *self.0.borrow()
    }

    /// Waits for the interrupt, forever if none is sent.
    pub async fn wait(&mut self) -> Interrupt {
        loop {
            if let Some(interrupt) = self.sent() {
                return interrupt;
            }
            if self.0.changed().await.is_err() {
                std::future::pending::<()>().await;
            }
        }
    }
}
