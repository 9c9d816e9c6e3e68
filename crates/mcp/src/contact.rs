//! The reachability of a server, derived from the result of the last request by anybody.

use crate::error::Cause;
use agent::ports::{Clock, Millis};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// The reachability of one server.
pub(crate) struct Contact {
    clock: Arc<dyn Clock>,
    seen: Mutex<Seen>,
}

#[derive(Default, Clone, Copy)]
struct Seen {
    /// The time of its last answer.
    last: Option<Millis>,
    /// Set if a request has failed since.
    failed: bool,
}

impl Contact {
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, seen: Mutex::default() }
    }

    /// Records the end of a request. Any answer counts, even a refusal; a failure to read pins says nothing about the
    /// server.
    pub(crate) fn note(&self, cause: Option<&Cause>) {
        let now = self.clock.now();
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        match cause {
            Some(Cause::Pins) => {}
            Some(cause) if cause.is_outage() => seen.failed = true,
            _ => *seen = Seen { last: Some(now), failed: false },
        }
    }

    /// The time of the last answer.
    pub(crate) fn last(&self) -> Option<Millis> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).last
    }

    /// Returns whether it has answered within `time` and not failed since.
    pub(crate) fn within(&self, now: Millis, time: Duration) -> bool {
        let seen = *self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let time = Millis::try_from(time.as_millis()).unwrap_or(Millis::MAX);
        !seen.failed && seen.last.is_some_and(|last| now.saturating_sub(last) < time)
    }
}
