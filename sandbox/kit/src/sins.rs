//! Protocol violations, called sins: behaviour that a correct client never shows. Tests fail if any are recorded.

use std::sync::{Arc, Mutex, PoisonError};

/// A protocol violation and the service that detected it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sin {
    /// The sandbox service that detected it, for example `oidc` or `bedrock`.
    pub service: &'static str,
    /// Description of the violation in one sentence. Never contains a secret.
    pub what: String,
}

/// The violations recorded so far. Clones share the list.
#[derive(Debug, Clone, Default)]
pub struct Sins(Arc<Mutex<Vec<Sin>>>);

impl Sins {
    /// Records a violation and logs a warning.
    pub fn commit(&self, service: &'static str, what: impl Into<String>) {
        let sin = Sin { service, what: what.into() };
        tracing::warn!(service = sin.service, what = %sin.what, "protocol sin");
        self.lock().push(sin);
    }

    /// Returns all violations so far, oldest first.
    #[must_use]
    pub fn all(&self) -> Vec<Sin> {
        self.lock().clone()
    }

    /// Removes and returns all violations. A test that causes violations on purpose calls this before it ends.
    pub fn take(&self) -> Vec<Sin> {
        std::mem::take(&mut *self.lock())
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Sin>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
