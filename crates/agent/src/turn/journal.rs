//! Where a running turn writes, and how it is told to stop.

use super::{End, Event};
use crate::ports::{Numbered, Unavailable};
use async_trait::async_trait;
use tokio::sync::watch;

/// The log of one conversation, seen from its turn.
#[async_trait]
pub trait Journal: Send + Sync {
    /// All events so far, in order.
    fn log(&self) -> Vec<Numbered>;

    /// Appends an event and lets watchers know.
    ///
    /// # Errors
    /// [`Unavailable`]: then the turn must not go on, for nobody would know.
    async fn append(&self, event: Event) -> Result<(), Unavailable>;

    /// Lets watchers know of more text; not stored until its block is complete.
    fn delta(&self, text: &str);
}

/// Tells a turn to end early. The turn looks before each deed and while the model speaks.
#[derive(Debug, Clone)]
pub struct Halt(watch::Receiver<Option<End>>);

impl Halt {
    /// A halt, and the sender that gives the order.
    #[must_use]
    pub fn new() -> (watch::Sender<Option<End>>, Self) {
        let (sender, receiver) = watch::channel(None);
        (sender, Self(receiver))
    }

    /// The order, if it was given.
    #[must_use]
    pub fn ordered(&self) -> Option<End> {
        self.0.borrow().clone()
    }

    /// Waits for the order; forever, if it is never given.
    pub async fn wait(&mut self) -> End {
        loop {
            if let Some(end) = self.ordered() {
                return end;
            }
            if self.0.changed().await.is_err() {
                std::future::pending::<()>().await;
            }
        }
    }
}
