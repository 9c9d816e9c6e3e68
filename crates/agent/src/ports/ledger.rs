//! Who did what, when, on whose behalf, decided by what. Holds no token, prompt or tool body.

use super::{Millis, Unavailable};
use crate::{Actor, CallId, ToolName, ids::ConversationId};
use async_trait::async_trait;

/// The key of an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryId(pub String);

/// One decision.
#[derive(Debug, Clone)]
pub struct Entry {
    /// When it was decided.
    pub at: Millis,
    /// On whose behalf.
    pub actor: Actor,
    /// In which conversation.
    pub conversation: ConversationId,
    /// Which call.
    pub call: CallId,
    /// Which tool.
    pub tool: ToolName,
    /// The relation that was asked about.
    pub relation: String,
    /// The object that was asked about.
    pub object: String,
    /// What was decided.
    pub verdict: Verdict,
}

/// What the guard decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The deed may be done; the entry is open until its outcome is known.
    Allowed,
    /// Refused, and why.
    Refused(String),
}

/// How a deed ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It was done.
    Done,
    /// It was tried and did not come about, and why.
    NotDone(String),
    /// It was begun and its end was not seen.
    Unknown,
}

/// Writes down. An entry that is opened and never closed is itself a finding.
#[async_trait]
pub trait Ledger: Send + Sync {
    /// Writes the entry, before the deed.
    ///
    /// # Errors
    /// [`Unavailable`]: then there must be no deed.
    async fn open(&self, entry: Entry) -> Result<EntryId, Unavailable>;

    /// Adds the outcome.
    ///
    /// # Errors
    /// [`Unavailable`]: the entry stays open.
    async fn close(&self, entry: &EntryId, outcome: Outcome, at: Millis) -> Result<(), Unavailable>;
}
