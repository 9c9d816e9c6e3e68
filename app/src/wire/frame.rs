//! The lines of `chat/watch`: newline-delimited JSON. A failure is a frame too, for an error inside a stream would only
//! look like a dropped connection.

use super::{ApiError, Event, Waiting};
use serde::{Deserialize, Serialize};

/// One line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Frame {
    /// A stored event.
    Event {
        /// Its place in the log.
        n: u64,
        /// When, in milliseconds since 1970.
        at: i64,
        /// What.
        event: Event,
    },
    /// All of the unfinished block so far, in place of what the page has of it.
    Partial {
        /// The last event before it: when a later one has finished the block, this is old news.
        since: u64,
        /// The text.
        text: String,
    },
    /// More of the unfinished block.
    Delta {
        /// The last event before it.
        since: u64,
        /// The text.
        text: String,
    },
    /// The connection is alive.
    Beat {
        /// What waits for the person's yes in other conversations; `None` when that is not known.
        elsewhere: Option<Vec<Waiting>>,
    },
    /// The stream ends because of this.
    Fault {
        /// Why.
        error: ApiError,
    },
}

impl Frame {
    /// The frame as one line.
    #[must_use]
    pub fn line(&self) -> String {
        // These types always serialize; were that to change, an empty line is what the reader skips.
        let mut line = serde_json::to_string(self).unwrap_or_default();
        line.push('\n');
        line
    }
}
