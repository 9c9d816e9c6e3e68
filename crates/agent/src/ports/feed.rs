//! The feed by which instances notify each other that a log has grown, so that pages need not poll the store.

use super::{Millis, Unavailable};
use crate::{Actor, ids::ConversationId};
use async_trait::async_trait;

/// The name of a log in the feed. It does not reveal the owner.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LogName(pub String);

/// A notification about a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Growth {
    /// The log.
    pub log: LogName,
    /// The news about it.
    pub news: LogNews,
}

/// The news about a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogNews {
    /// It has grown to this number, as far as the writer knows.
    Grown(u64),
    /// Its conversation was deleted.
    Deleted,
}

/// Publishes and reads notifications. They are hints, never facts: anybody who can write to the table can write to the
/// feed. The log itself is read afterwards, and is authenticated.
#[async_trait]
pub trait Feed: Send + Sync {
    /// The name of a log.
    fn name(&self, actor: &Actor, id: &ConversationId) -> LogName;

    /// Notifies all instances about these logs.
    ///
    /// # Errors
    /// [`Unavailable`]: the notification must be repeated.
    async fn publish(&self, grown: &[Growth], now: Millis) -> Result<(), Unavailable>;

    /// Returns everything published since, by the clocks of the publishers; a log may occur several times.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn since(&self, since: Millis) -> Result<Vec<Growth>, Unavailable>;
}
