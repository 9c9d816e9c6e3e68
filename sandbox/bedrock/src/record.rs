//! The last requests to the model, for the console page and for tests that search them for canaries. Recording must
//! never change an answer.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value;

const KEPT: usize = 200;

/// One request as the client sent it.
#[derive(Debug, Clone, PartialEq)]
pub struct Recorded {
    /// Time of the request by the sandbox's clock, in milliseconds since 1970-01-01 UTC.
    pub at: i64,
    /// The model's id, percent-decoded.
    pub model_id: String,
    /// The body; a string if it wasn't JSON.
    pub body: Value,
    /// True for `ConverseStream`.
    pub streaming: bool,
}

/// The last 200 requests and the number of all requests. Clones share them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Records(Arc<Mutex<Inner>>);

#[derive(Debug, Default)]
struct Inner {
    count: usize,
    last: VecDeque<Recorded>,
}

impl Records {
    pub(crate) fn push(&self, recorded: Recorded) {
        let mut inner = self.lock();
        inner.count += 1;
        if inner.last.len() == KEPT {
            inner.last.pop_front();
        }
        inner.last.push_back(recorded);
    }

    pub(crate) fn all(&self) -> Vec<Recorded> {
        self.lock().last.iter().cloned().collect()
    }

    pub(crate) fn count(&self) -> usize {
        self.lock().count
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_record_keeps_the_last_two_hundred_requests_and_counts_all() {
        let records = Records::default();
        for at in 0..250 {
            records.push(Recorded { at, model_id: "m".into(), body: Value::Null, streaming: false });
        }
        let ats: Vec<i64> = records.all().iter().map(|recorded| recorded.at).collect();
        assert_eq!((records.count(), ats.len(), ats.first(), ats.last()), (250, 200, Some(&50), Some(&249)));
    }
}
