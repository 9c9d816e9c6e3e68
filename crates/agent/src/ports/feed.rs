//! The feed: by it instances tell each other that a log has grown, so that no page has to ask.

use super::{Millis, Unavailable};
use crate::{Actor, ids::ConversationId};
use async_trait::async_trait;

/// The name of a log in the feed. It tells nobody whose log it is.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LogName(pub String);

/// A log that has grown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Growth {
    /// The log.
    pub log: LogName,
    /// The number of its last event, as far as the writer knows.
    pub number: u64,
}

/// A reading is a hint, never a fact: whoever can write to the table can write to the feed. The log itself is read
/// afterwards, and is authentic.
#[async_trait]
pub trait Feed: Send + Sync {
    /// The name of a log.
    fn name(&self, actor: &Actor, id: &ConversationId) -> LogName;

    /// Tells all instances of these logs.
    ///
    /// # Errors
    /// [`Unavailable`]: then it must be told again.
    async fn publish(&self, grown: &[Growth], now: Millis) -> Result<(), Unavailable>;

    /// Everything that was told since, by the clocks of those who told it; a log may come several times.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn since(&self, since: Millis) -> Result<Vec<Growth>, Unavailable>;
}
