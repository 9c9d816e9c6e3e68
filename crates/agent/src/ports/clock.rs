//! The time, injected for tests.

/// Milliseconds since 1970-01-01 UTC.
pub type Millis = i64;

/// The source of the current time.
pub trait Clock: Send + Sync {
    /// Milliseconds since 1970-01-01 UTC.
    fn now(&self) -> Millis;
}
