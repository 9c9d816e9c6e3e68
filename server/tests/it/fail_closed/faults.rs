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

const DROPPED: Way = Way { name: "connection dropped", fault: Fault::Refuse };
const SILENT: Way = Way { name: "no answer", fault: Fault::Timeout };
const BROKEN: Way = status("500", StatusCode::INTERNAL_SERVER_ERROR, None);
const BUSY: Way = status("429", StatusCode::TOO_MANY_REQUESTS, Some(30));
const MALFORMED: Way = Way { name: "malformed", fault: Fault::Malformed };
// Each byte comes sooner than any client gives up on a read, and the whole later than any may wait.
const DRIPPING: Way = Way { name: "slow drip", fault: Fault::SlowDrip { every: Duration::from_secs(2) } };
const REFUSED: Way = status("401", StatusCode::UNAUTHORIZED, None);
const MOVED: Way = Way { name: "sent elsewhere", fault: Fault::Moved };

/// Those of every service of ours.
pub(crate) static FAULTS: [Way; 6] = [DROPPED, SILENT, BROKEN, BUSY, MALFORMED, DRIPPING];

/// Those of a third party, to which a person's token is taken.
pub(crate) static ABROAD: [Way; 7] = [DROPPED, SILENT, BROKEN, BUSY, MALFORMED, REFUSED, MOVED];

const fn status(name: &'static str, code: StatusCode, retry_after: Option<u32>) -> Way {
    Way { name, fault: Fault::Status { code, retry_after } }
}
