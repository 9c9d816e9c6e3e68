//! The sandbox's clock: real time plus an offset, so that a test can let a token expire without sleeping.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

/// Real time plus a shared offset. Clones share the offset.
#[derive(Debug, Clone, Default)]
pub struct Clock(Arc<AtomicI64>);

impl Clock {
    /// Milliseconds since 1970-01-01 UTC.
    #[must_use]
    pub fn millis(&self) -> i64 {
        let real = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        i64::try_from(real.as_millis()).unwrap_or(i64::MAX) + self.0.load(Ordering::Relaxed)
    }

    /// Seconds since 1970-01-01 UTC.
    #[must_use]
    pub fn seconds(&self) -> i64 {
        self.millis().div_euclid(1000)
    }

    /// Moves the clock by `seconds`; negative values move it back.
    pub fn advance(&self, seconds: i64) {
        self.0.fetch_add(seconds * 1000, Ordering::Relaxed);
    }
}
