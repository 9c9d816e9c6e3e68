//! Settings of the backchannel flow. Must not depend on requests.

/// Settings of CIBA (Client-Initiated Backchannel Authentication).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ciba {
    /// Initial minimum interval between two polls, in seconds; at least 1. Auth0's is 5.
    pub interval_s: i64,
    /// HTTP statuses of refused polls.
    pub poll_statuses: PollStatuses,
}

impl Default for Ciba {
    fn default() -> Self {
        Self { interval_s: 5, poll_statuses: PollStatuses::BadRequest }
    }
}

/// HTTP statuses of refused polls. Auth0 documents 400 but sends other statuses for the same errors of its device flow,
/// so a client must rely on `error` alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PollStatuses {
    /// 400 for every error, as CIBA Core specifies.
    BadRequest,
    /// Statuses of Auth0's device flow: 429 for `slow_down`, 403 for other errors.
    DeviceFlow,
}
