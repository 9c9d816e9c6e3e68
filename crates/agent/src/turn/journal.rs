//! The log as a running turn writes and reads it, and the way to stop a turn.

use super::{Event, History};
use crate::ports::Unavailable;
use async_trait::async_trait;
use std::sync::Arc;
use tokio::sync::watch;

/// The condition of an event.
pub type Condition<'a> = &'a (dyn Fn(&History) -> bool + Send + Sync);

/// The log of one conversation, seen from its turn.
#[async_trait]
pub trait Journal: Send + Sync {
    /// The fold of all events that this turn has written or taken in. Drop it before the next append, or the append
    /// copies it.
    fn history(&self) -> Arc<History>;

    /// Appends an event, if `holds` is true of the history that it is appended to: whenever somebody else's event came
    /// first, that is asked again. Returns whether the event was appended, and lets watchers know.
    ///
    /// # Errors
    /// [`Unavailable`]: then the turn must not go on, for nobody would know.
    async fn append_if(&self, event: Event, holds: Condition<'_>) -> Result<bool, Unavailable>;

    /// Appends an event that is true whatever others have written meanwhile.
    ///
    /// # Errors
    /// As [`append_if`](Self::append_if).
    async fn append(&self, event: Event) -> Result<(), Unavailable> {
        self.append_if(event, &|_| true).await.map(|_| ())
    }

    /// Reads what others have written since.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn refresh(&self) -> Result<(), Unavailable>;

    /// Returns when others have written something. It may return for no reason, and news from another instance may
    /// take a few seconds.
    async fn stirred(&self);

    /// Lets watchers know of more text; not stored until its block is complete.
    fn delta(&self, text: &str);
}

/// What a running turn may be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// To stop: the person wants no more of it.
    Stop,
    /// To leave it as it is: this instance is shutting down, and another one goes on.
    Adjourn,
}

/// Tells a turn to end early. The turn looks before each deed, while the model speaks, and while a person is asked.
#[derive(Debug, Clone)]
pub struct Halt(watch::Receiver<Option<Order>>);

impl Halt {
    /// A halt, and the sender that gives the order.
    #[must_use]
    pub fn new() -> (watch::Sender<Option<Order>>, Self) {
        let (sender, receiver) = watch::channel(None);
        (sender, Self(receiver))
    }

    /// The order, if it was given.
    #[must_use]
    pub fn ordered(&self) -> Option<Order> {
        *self.0.borrow()
    }

    /// Waits for the order; forever, if it is never given.
    pub async fn wait(&mut self) -> Order {
        loop {
            if let Some(order) = self.ordered() {
                return order;
            }
            if self.0.changed().await.is_err() {
                std::future::pending::<()>().await;
            }
        }
    }
}
