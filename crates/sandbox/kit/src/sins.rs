//! Protocol sins: what a client did that a correct client never does. Tests fail when the list is not empty.

use std::sync::{Arc, Mutex, PoisonError};

/// One sin: the service that saw it and what was wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sin {
    /// The stand-in that noticed, for example `oidc` or `bedrock`.
    pub service: &'static str,
    /// What the client did, in a sentence. Never holds a secret.
    pub what: String,
}

/// The sins committed so far. Clones share the list.
#[derive(Debug, Clone, Default)]
pub struct Sins(Arc<Mutex<Vec<Sin>>>);

impl Sins {
    /// Records a sin and warns about it in the log.
    pub fn commit(&self, service: &'static str, what: impl Into<String>) {
        let sin = Sin { service, what: what.into() };
        tracing::warn!(service = sin.service, what = %sin.what, "protocol sin");
        self.lock().push(sin);
    }

    /// All sins so far, oldest first.
    #[must_use]
    pub fn all(&self) -> Vec<Sin> {
        self.lock().clone()
    }

    /// Takes the sins away: what a test that sins on purpose does before it ends.
    pub fn take(&self) -> Vec<Sin> {
        std::mem::take(&mut *self.lock())
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Sin>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
