//! Gates in front of every operation of a port: the scheduler opens them one at a time.

use agent::ports::Unavailable;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};
use tokio::sync::oneshot;

/// An instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Who {
    First,
    Second,
}

/// The name of an operation.
pub(crate) type What = Cow<'static, str>;

/// The fate of an operation's answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    Arrives,
    /// The operation takes place, and its caller hears of a failure.
    IsLost,
    /// The operation takes place, its answer is too late, the SDK sends it again, and the second answer arrives.
    IsRepeated,
    /// The operation takes place, and its caller panics.
    Panics,
}

#[derive(Debug, Default)]
struct Waiting {
    next: u64,
    tickets: BTreeMap<u64, (Who, What, oneshot::Sender<Answer>)>,
}

/// The text of a panic that a schedule asks for.
pub(crate) const DEFECT: &str = "a defect of ours";

/// The gates of all instances.
#[derive(Debug, Clone, Default)]
pub(crate) struct Gates(Arc<Mutex<Waiting>>);

impl Gates {
    /// Waits in front of an operation.
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
            // The instance is no more.
            Err(_) => std::future::pending().await,
        }
    }

    /// Opens the first gate at which this instance waits, with the answer that `fate` gives the operation behind it;
    /// returns that operation.
    pub(crate) fn open(&self, who: Who, fate: &mut dyn FnMut(&str) -> Answer) -> Option<What> {
        let mut waiting = self.lock();
        loop {
            let ticket = *waiting.tickets.iter().find(|(_, (own, ..))| *own == who)?.0;
            let (_, what, go) = waiting.tickets.remove(&ticket)?;
            // The waiter may have given up.
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
    /// Passes the answer of `service` on to its caller.
    pub(crate) fn arrives(self, service: &'static str) -> Result<(), Unavailable> {
        match self {
            Self::Arrives | Self::IsRepeated => Ok(()),
            Self::IsLost => Err(Unavailable::new(service, "the answer was lost")),
            Self::Panics => panic!("{DEFECT}"),
        }
    }
}
