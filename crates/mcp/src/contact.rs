//! Whether a server answers: what its last request came to, whoever made it.

use crate::error::Cause;
use agent::ports::{Clock, Millis};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// The contact with one server.
pub(crate) struct Contact {
    clock: Arc<dyn Clock>,
    seen: Mutex<Seen>,
}

#[derive(Default, Clone, Copy)]
struct Seen {
    /// When it last answered.
    last: Option<Millis>,
    /// Whether it has failed since.
    failed: bool,
}

impl Contact {
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, seen: Mutex::default() }
    }

    /// A request has ended. An answer is an answer, be it a refusal; what could not be told without it is none.
    pub(crate) fn note(&self, cause: Option<&Cause>) {
        let now = self.clock.now();
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        match cause {
            Some(Cause::Pins) => {}
            Some(cause) if cause.is_outage() => seen.failed = true,
            _ => *seen = Seen { last: Some(now), failed: false },
        }
    }

    /// When it last answered.
    pub(crate) fn last(&self) -> Option<Millis> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).last
    }

    /// Whether it has answered within `time`, and not failed since.
    pub(crate) fn within(&self, now: Millis, time: Duration) -> bool {
        let seen = *self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let time = Millis::try_from(time.as_millis()).unwrap_or(Millis::MAX);
        !seen.failed && seen.last.is_some_and(|last| now.saturating_sub(last) < time)
    }
}
