//! The lines of `chat/watch`, as newline-delimited JSON. Failures are frames too: an error of the HTTP stream itself
//! would look like a dropped connection.

use super::{ApiError, Event, Waiting};
use crate::state::Line;
use serde::{Deserialize, Serialize};

/// One line of the stream.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Frame {
    /// A stored event.
    Event {
        /// Number of the event in the log.
        n: u64,
        /// Time of the event, in milliseconds since 1970.
        at: i64,
        /// The event.
        event: Event,
    },
    /// The whole unfinished block so far; replaces the text that the page has.
    Partial {
        /// Number of the last event before the block. If a later event has finished the block, the page ignores this
        /// frame.
        since: u64,
        /// Its finished parts as HTML, sanitized on the server.
        html: String,
        /// Its open part as plain text.
        text: String,
    },
    /// A change of the unfinished block that is more than added text.
    Block {
        /// Number of the last event before the block.
        since: u64,
        /// HTML to append to the finished parts.
        html: String,
        /// The open part.
        text: String,
    },
    /// Text to append to the open part of the unfinished block.
    Delta {
        /// Number of the last event before the block.
        since: u64,
        /// The text.
        text: String,
    },
    /// Heartbeat.
    Beat {
        /// Approvals that wait in other conversations; `None` if unknown.
        elsewhere: Option<Vec<Waiting>>,
    },
    /// The stream ends with an error.
    Fault {
        /// The error.
        error: ApiError,
    },
}

impl Frame {
    /// Returns the frame as one line.
    #[must_use]
    pub fn line(&self) -> String {
        crate::state::lines::written(self)
    }
}

impl Line for Frame {
    fn read(line: &[u8]) -> Option<Self> {
        serde_json::from_slice(line).ok()
    }
}
