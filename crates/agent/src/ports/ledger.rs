//! Who did what, when, on whose behalf, decided by what. Holds no token, prompt or tool body.

use super::{Millis, Unavailable};
use crate::approval::ApprovalId;
use crate::{Actor, CallId, ToolName, ids::ConversationId};
use async_trait::async_trait;
use serde::{Deserialize, Serialize};

/// The key of an entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
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
    /// The deed in plain words.
    pub intent: String,
    /// The relation that was asked about.
    pub relation: String,
    /// The object that was asked about.
    pub object: String,
    /// The approval that was asked for, if one was.
    pub approval: Option<Approval>,
    /// What was decided.
    pub verdict: Verdict,
}

/// The approval that a decision rests on, or failed for want of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approval {
    /// Its id: a yes is spent by one allowed entry.
    pub id: ApprovalId,
    /// SHA-256 over what was asked, in hexadecimal.
    pub digest: String,
    /// Who said yes, and when; nobody, if nobody did.
    pub given: Option<Given>,
}

/// A yes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Given {
    /// Issuer of the identity of who said it.
    pub issuer: String,
    /// Subject of who said it.
    pub subject: String,
    /// When we learned of it.
    pub at: Millis,
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

/// Why an entry was not opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The approval was spent by this entry already: the deed must not be done on it again.
    #[error("the approval is spent")]
    Spent(EntryId),
    /// The ledger did not answer.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// Writes down. An entry that is opened and never closed is itself a finding.
#[async_trait]
pub trait Ledger: Send + Sync {
    /// Writes the entry, before the deed. An *allowed* entry spends its approval in the same step, so that of two
    /// that rest on one yes the second fails.
    ///
    /// # Errors
    /// See [`OpenError`]: then there must be no deed.
    async fn open(&self, entry: Entry) -> Result<EntryId, OpenError>;

    /// Adds the outcome. Of several outcomes the first one counts.
    ///
    /// # Errors
    /// [`Unavailable`]: the entry stays open.
    async fn close(&self, entry: &EntryId, outcome: Outcome, at: Millis) -> Result<(), Unavailable>;
}
