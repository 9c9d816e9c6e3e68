//! The ways in which a service fails.

use axum::http::StatusCode;
use sandbox::cloud::Fault;
use std::time::Duration;

/// A way to fail.
pub(crate) struct Way {
    /// Heading of its column.
    pub(crate) name: &'static str,
    pub(crate) fault: Fault,
}

const DROPPED: Way = Way { name: "connection dropped", fault: Fault::Refuse };
const SILENT: Way = Way { name: "no answer", fault: Fault::Timeout };
const BROKEN: Way = status("500", StatusCode::INTERNAL_SERVER_ERROR, None);
const BUSY: Way = status("429", StatusCode::TOO_MANY_REQUESTS, Some(30));
const MALFORMED: Way = Way { name: "malformed", fault: Fault::Malformed };
// Each byte arrives before any client's read timeout, but the whole response takes longer than any request may.
const DRIPPING: Way = Way { name: "slow drip", fault: Fault::SlowDrip { every: Duration::from_secs(2) } };
const REFUSED: Way = status("401", StatusCode::UNAUTHORIZED, None);
const MOVED: Way = Way { name: "sent elsewhere", fault: Fault::Moved };

/// The faults of every service of our own.
pub(crate) static FAULTS: [Way; 6] = [DROPPED, SILENT, BROKEN, BUSY, MALFORMED, DRIPPING];

/// The faults of a third party that receives a person's token.
pub(crate) static ABROAD: [Way; 7] = [DROPPED, SILENT, BROKEN, BUSY, MALFORMED, REFUSED, MOVED];

const fn status(name: &'static str, code: StatusCode, retry_after: Option<u32>) -> Way {
    Way { name, fault: Fault::Status { code, retry_after } }
}
