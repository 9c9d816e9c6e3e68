//! The ways to fail.

use axum::http::StatusCode;
use sandbox::cloud::Fault;
use std::time::Duration;

/// One way.
pub(crate) struct Way {
    /// The heading of its column.
    pub(crate) name: &'static str,
    pub(crate) fault: Fault,
}

/// Those of every service, and then those that only a service meets to which a person's token is taken.
pub(crate) const FAULTS: [Way; 8] = [
    Way { name: "connection dropped", fault: Fault::Refuse },
    Way { name: "no answer", fault: Fault::Timeout },
    Way { name: "500", fault: Fault::Status { code: StatusCode::INTERNAL_SERVER_ERROR, retry_after: None } },
    Way { name: "429", fault: Fault::Status { code: StatusCode::TOO_MANY_REQUESTS, retry_after: Some(30) } },
    Way { name: "malformed", fault: Fault::Malformed },
    // Each byte comes sooner than any client gives up on a read, and the whole later than any may wait.
    Way { name: "slow drip", fault: Fault::SlowDrip { every: Duration::from_secs(2) } },
    Way { name: "401", fault: Fault::Status { code: StatusCode::UNAUTHORIZED, retry_after: None } },
    Way { name: "sent elsewhere", fault: Fault::Moved },
];

/// How many are those of every service.
pub(crate) const COMMON: usize = 6;
