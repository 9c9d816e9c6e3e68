//! Limits that tests shorten.

use agent::ports::{Clock, Millis};
use agent::turn::Limits;
use edge::doors::PageSize;
use std::fmt;
use std::time::Duration;
use system::SystemClock;
use turns::{AdmissionLimits, DeletionTimes, Heartbeat, Lease};

/// Limits of turns and streams. The defaults are the product's; tests shorten them.
#[derive(Debug, Clone, Default)]
pub struct ServerLimits {
    /// Limits of a turn.
    pub turn: Limits,
    /// Interval of a stream's heartbeats. The end of the session is noticed at the next heartbeat.
    pub beat: Heartbeat,
    /// Time for which the outcome of the readiness checks is cached; by default they run for every request.
    pub readiness: Duration,
    /// Duration of a turn's lease.
    pub lease: Lease,
    /// Limits on what people may run at once.
    pub admission: AdmissionLimits,
    /// Times of deletion.
    pub deletion: DeletionTimes,
    /// Time in which an approval can be given; `None` for the configured time.
    pub approval: Option<Duration>,
    /// Most tools of one page of the MCP door's list.
    pub tools_a_page: PageSize,
    /// The clock by which granted access ends.
    pub permission_clock: PermissionClock,
}

/// The clock by which granted access ends: the operating system's, unless a test moves it.
#[derive(Clone, Copy)]
pub struct PermissionClock(pub &'static (dyn Clock + Send + Sync));

impl Default for PermissionClock {
    fn default() -> Self {
        Self(&SystemClock)
    }
}

impl Clock for PermissionClock {
    fn now(&self) -> Millis {
        self.0.now()
    }
}

impl fmt::Debug for PermissionClock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PermissionClock(..)")
    }
}
