//! Gates in front of every operation of a port: the scheduler opens them one at a time.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};
use tokio::sync::oneshot;

/// An instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Who {
    First,
    Second,
}

impl Who {
    pub(crate) fn other(self) -> Self {
        if self == Self::First { Self::Second } else { Self::First }
    }
}

/// The fate of an operation's answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    Arrives,
    /// The operation takes place, and its caller hears of a failure.
    IsLost,
}

#[derive(Debug, Default)]
struct Waiting {
    next: u64,
    tickets: BTreeMap<u64, (Who, &'static str, oneshot::Sender<Answer>)>,
}

/// The gates of all instances.
#[derive(Debug, Clone, Default)]
pub(crate) struct Gates(Arc<Mutex<Waiting>>);

impl Gates {
    /// Waits in front of an operation.
    pub(crate) async fn pass(&self, who: Who, what: &'static str) -> Answer {
        let (go, gone) = oneshot::channel();
        {
            let mut waiting = self.lock();
            let ticket = waiting.next;
            waiting.next += 1;
            waiting.tickets.insert(ticket, (who, what, go));
        }
        match gone.await {
            Ok(answer) => answer,
            // The instance is no more.
            Err(_) => std::future::pending().await,
        }
    }

    /// Opens the first gate at which this instance waits; returns the operation behind it.
    pub(crate) fn open(&self, who: Who, answer: Answer) -> Option<&'static str> {
        let mut waiting = self.lock();
        loop {
            let ticket = *waiting.tickets.iter().find(|(_, (own, ..))| *own == who)?.0;
            let (_, what, go) = waiting.tickets.remove(&ticket)?;
            // The waiter may have given up.
            if go.send(answer).is_ok() {
                return Some(what);
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.0.lock().unwrap()
    }
}
