//! Gates before every operation of a port. The scheduler opens them one at a time.

use agent::ports::Unavailable;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};
use tokio::sync::oneshot;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Who {
    First,
    Second,
}

/// The name of an operation.
pub(crate) type What = Cow<'static, str>;

/// The fate of the response to an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    Arrives,
    /// The operation is executed, but the caller gets an error.
    IsLost,
    /// The operation is executed, its response is late, the SDK retries it, and the second response arrives.
    IsRepeated,
    /// The operation is executed, and the caller panics.
    Panics,
}

#[derive(Debug, Default)]
struct Waiting {
    next: u64,
    tickets: BTreeMap<u64, (Who, What, oneshot::Sender<Answer>)>,
}

/// Message of the panics that a schedule causes on purpose.
pub(crate) const DEFECT: &str = "a defect of ours";

/// The gates of all instances.
#[derive(Debug, Clone, Default)]
pub(crate) struct Gates(Arc<Mutex<Waiting>>);

impl Gates {
    /// Waits until the scheduler opens the gate of this operation.
    pub(crate) async fn pass(&self, who: Who, what: impl Into<What>) -> Answer {
        let (go, gone) = oneshot::channel();
        {
            let mut waiting = self.lock();
            let ticket = waiting.next;
            waiting.next += 1;
            waiting.tickets.insert(ticket, (who, what.into(), go));
        }
        match gone.await {
            Ok(answer) => answer,
            // The gates are gone, so the operation never returns.
            Err(_) => std::future::pending().await,
        }
    }

    /// Opens the first gate at which this instance waits and returns the operation. `fate` decides the fate of the
    /// response.
    pub(crate) fn open(&self, who: Who, fate: &mut dyn FnMut(&str) -> Answer) -> Option<What> {
        let mut waiting = self.lock();
        loop {
            let ticket = *waiting.tickets.iter().find(|(_, (own, ..))| *own == who)?.0;
            let (_, what, go) = waiting.tickets.remove(&ticket)?;
            // The waiting task may have been cancelled.
            if !go.is_closed() && go.send(fate(&what)).is_ok() {
                return Some(what);
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.0.lock().unwrap()
    }
}

impl Answer {
    /// Turns the fate into the result for the caller, as an error of `service`.
    pub(crate) fn arrives(self, service: &'static str) -> Result<(), Unavailable> {
        match self {
            Self::Arrives | Self::IsRepeated => Ok(()),
            Self::IsLost => Err(Unavailable::new(service, "the answer was lost")),
            Self::Panics => panic!("{DEFECT}"),
        }
    }
}
