//! Time, passed in.

/// Milliseconds since 1970-01-01 UTC.
pub type Millis = i64;

/// Tells the time.
pub trait Clock: Send + Sync {
    /// Milliseconds since 1970-01-01 UTC.
    fn now(&self) -> Millis;
}
