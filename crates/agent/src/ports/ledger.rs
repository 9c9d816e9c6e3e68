//! Who did what, when, on whose behalf, decided by what. Holds no token, prompt or tool body.

use super::{Millis, Unavailable};
use crate::approval::ApprovalId;
use crate::{Actor, Place, ToolName, intent::Risk};
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
    /// Which call it is about; none, when the person acts on a page.
    pub place: Option<Place>,
    /// Which tool.
    pub tool: ToolName,
    /// The deed in plain words.
    pub intent: String,
    /// The relation that was asked about.
    pub relation: String,
    /// The object that was asked about.
    pub object: String,
    /// Whether the deed needs a human yes.
    pub risk: Risk,
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
    /// SHA-256 of the signed evidence, in hexadecimal.
    pub evidence: String,
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

/// An entry as it stands in the ledger. It names a person and is nobody's authority, so it holds no [`Actor`].
#[derive(Debug, Clone)]
pub struct PastEntry {
    /// Its key.
    pub id: EntryId,
    /// When it was decided.
    pub at: Millis,
    /// Issuer of the identity of the person on whose behalf it was decided.
    pub issuer: String,
    /// Subject of that person.
    pub subject: String,
    /// Which call it is about; none, when the person acted on a page.
    pub place: Option<Place>,
    /// Which tool.
    pub tool: ToolName,
    /// The deed in plain words.
    pub intent: String,
    /// The relation that was asked about.
    pub relation: String,
    /// The object that was asked about.
    pub object: String,
    /// Whether the deed needs a human yes.
    pub risk: Risk,
    /// The approval that was asked for, if one was.
    pub approval: Option<Approval>,
    /// What was decided.
    pub verdict: Verdict,
    /// How the deed ended; `None` while it is open, and of a refused one.
    pub ending: Option<Ending>,
}

/// The end of a deed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ending {
    /// How it ended.
    pub outcome: Outcome,
    /// When its end was seen.
    pub at: Millis,
    /// Milliseconds between the decision and the end.
    pub took: Millis,
}

/// Which entries of a tenant an auditor wants; what is `None` does not matter.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Of this subject alone.
    pub subject: Option<String>,
    /// Of this tool alone.
    pub tool: Option<ToolName>,
    /// With a verdict of this kind alone.
    pub verdict: Option<VerdictKind>,
}

/// A verdict without its reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VerdictKind {
    /// The deed could be done.
    Allowed,
    /// It could not.
    Refused,
}

/// Reads what was written. Who may read more than their own is decided before it is called.
#[async_trait]
pub trait Audit: Send + Sync {
    /// At most `most` of the actor's own entries from within `times`, newest first.
    ///
    /// # Errors
    /// [`Unavailable`]: the entries are not known.
    async fn entries_of(
        &self,
        actor: &Actor,
        times: std::ops::Range<Millis>,
        most: usize,
    ) -> Result<Vec<PastEntry>, Unavailable>;

    /// At most `most` entries of everybody in a tenant from within `times`, newest first.
    ///
    /// # Errors
    /// [`Unavailable`]: the entries are not known.
    async fn entries(
        &self,
        tenant: &str,
        times: std::ops::Range<Millis>,
        filter: &Filter,
        most: usize,
    ) -> Result<Vec<PastEntry>, Unavailable>;

    /// The receipt of the actor's own approval, a JSON text that can be checked offline; `None` when no deed of theirs
    /// rests on it.
    ///
    /// # Errors
    /// [`Unavailable`], also when the ledger's records do not hold: no receipt is made of those.
    async fn receipt_of(&self, actor: &Actor, approval: &ApprovalId) -> Result<Option<String>, Unavailable>;

    /// The receipt of anybody's approval in a tenant.
    ///
    /// # Errors
    /// As [`Audit::receipt_of`].
    async fn receipt(&self, tenant: &str, approval: &ApprovalId) -> Result<Option<String>, Unavailable>;
}
