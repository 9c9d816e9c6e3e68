//! How the backchannel flow behaves. It must never know a request.

/// The settings of CIBA (client-initiated backchannel authentication).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ciba {
    /// The seconds that a client must let pass between two polls at first; at least 1. Auth0's is 5.
    pub interval_s: i64,
    /// The statuses of refused polls.
    pub poll_statuses: PollStatuses,
}

impl Default for Ciba {
    fn default() -> Self {
        Self { interval_s: 5, poll_statuses: PollStatuses::BadRequest }
    }
}

/// The statuses of refused polls. Auth0 documents 400, and sends others for the same errors of its device flow,
/// so a client must go by `error` alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PollStatuses {
    /// 400 for all, as CIBA Core has it.
    BadRequest,
    /// As in Auth0's device flow: 429 for `slow_down`, 403 for the others.
    DeviceFlow,
}
