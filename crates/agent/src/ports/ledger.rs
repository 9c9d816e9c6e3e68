//! The audit ledger: each decision with its actor, time, action and reason. It contains no token, prompt or tool
//! output.

use super::{Millis, PolicyDecision, Unavailable};
use crate::actor::ActorKind;
use crate::approval::{ApprovalId, Channel, Standing};
use crate::via::Via;
use crate::{Actor, Place, ToolName, intent::Risk};
use async_trait::async_trait;
use futures::stream::BoxStream;
use serde::{Deserialize, Serialize};

/// The key of a ledger entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EntryId(pub String);

/// A decision to be recorded.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The time of the decision.
    pub at: Millis,
    /// The person on whose behalf it was made.
    pub actor: Actor,
    /// The call that it is about; `None` for an action on a page.
    pub place: Option<Place>,
    /// The tool.
    pub tool: ToolName,
    /// The action in plain words.
    pub intent: String,
    /// The relation that was checked.
    pub relation: String,
    /// The object on which it was checked.
    pub object: String,
    /// The risk of the action.
    pub risk: Risk,
    /// The approval that was requested, if one was.
    pub approval: Option<Approval>,
    /// The decision of the policies; `None` if there was none to ask.
    pub policy: Option<PolicyDecision>,
    /// The decision.
    pub verdict: Verdict,
}

/// The approval that a decision is based on, or lacked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approval {
    /// Its id. One *allowed* entry spends it.
    pub id: ApprovalId,
    /// SHA-256 of the approved request, in hexadecimal.
    pub digest: String,
    /// The persons who approved and the times; empty without a valid approval.
    pub given: Vec<GivenApproval>,
}

/// An approval that a person gave.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GivenApproval {
    /// The channel.
    pub channel: Channel,
    /// Issuer of the identity of the person who approved.
    pub issuer: String,
    /// Subject of that person.
    pub subject: String,
    /// The time at which the server received the approval.
    pub at: Millis,
    /// SHA-256 of the signed evidence, in hexadecimal.
    pub evidence: String,
    /// The signed evidence itself, where it is a public signature and no credential.
    pub assertion: Option<String>,
    /// The standing approval that was given with it, or that it is a use of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub standing: Option<Box<Standing>>,
}

/// The guard's decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The action is allowed; the entry is open until its outcome is recorded.
    Allowed,
    /// The action was refused, with the reason.
    Refused(String),
}

/// The outcome of an action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It was done.
    Done,
    /// It was attempted and not done, with the reason.
    NotDone(String),
    /// It was started, and its end was not observed.
    Unknown,
}

/// The entry was not opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// This entry has already spent the approval: no second action may be based on it.
    #[error("the approval is spent")]
    Spent(EntryId),
    /// The ledger did not answer.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// Writes entries. An entry that is opened and never closed is reported by the ledger's verification.
#[async_trait]
pub trait Ledger: Send + Sync {
    /// Writes the entry before the action. An *allowed* entry spends its approval in the same write, so that the second
    /// of two entries with the same approval fails.
    ///
    /// # Errors
    /// See [`OpenError`]: the action must not be done.
    async fn open(&self, entry: Entry) -> Result<EntryId, OpenError>;

    /// Adds the outcome. Only the first of several outcomes counts.
    ///
    /// # Errors
    /// [`Unavailable`]: the entry stays open.
    async fn close(&self, entry: &EntryId, outcome: Outcome, at: Millis) -> Result<(), Unavailable>;
}

/// The way through a door, as recorded: without the claims of the token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Way {
    /// Name of the door.
    pub door: String,
    /// The client.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client: Option<String>,
    /// The agents that acted for the person, from the one that called to the first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub agents: Vec<String>,
}

impl From<&Via> for Way {
    fn from(via: &Via) -> Self {
        Self { door: via.door.clone(), client: via.client.clone(), agents: via.agents.clone() }
    }
}

/// An entry as recorded in the ledger. It names a person but grants nothing, so it contains no [`Actor`].
#[derive(Debug, Clone)]
pub struct PastEntry {
    /// Its key.
    pub id: EntryId,
    /// The time of the decision.
    pub at: Millis,
    /// Issuer of the identity of the person on whose behalf the decision was made.
    pub issuer: String,
    /// Subject of that person.
    pub subject: String,
    /// The kind of the actor: a person, or an agent for itself.
    pub kind: ActorKind,
    /// Their display name at that time; `None` if it was not recorded.
    pub name: Option<String>,
    /// Their verified e-mail address at that time.
    pub email: Option<String>,
    /// The way by which they acted; `None` for their own browser.
    pub way: Option<Way>,
    /// The call that it is about; `None` for an action on a page.
    pub place: Option<Place>,
    /// The tool.
    pub tool: ToolName,
    /// The action in plain words.
    pub intent: String,
    /// The relation that was checked.
    pub relation: String,
    /// The object on which it was checked.
    pub object: String,
    /// The risk of the action.
    pub risk: Risk,
    /// The approval that was requested, if one was.
    pub approval: Option<Approval>,
    /// The decision of the policies; `None` if there was none to ask.
    pub policy: Option<PolicyDecision>,
    /// The decision.
    pub verdict: Verdict,
    /// The end of the action; `None` while it is open, and for a refusal.
    pub ending: Option<Ending>,
}

/// The end of an action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ending {
    /// The outcome.
    pub outcome: Outcome,
    /// The time at which the end was observed.
    pub at: Millis,
    /// Milliseconds from the decision to the end.
    pub took: Millis,
}

/// The entries that a reader selects. `None` does not restrict.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Only entries of this person: their subject, or a part of their name or e-mail address in any case.
    pub person: Option<String>,
    /// Only entries of this tool.
    pub tool: Option<ToolName>,
    /// Only entries with this kind of verdict.
    pub verdict: Option<VerdictKind>,
}

/// A verdict without its reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VerdictKind {
    /// The action was allowed.
    Allowed,
    /// The action was allowed after a person approved it. Only for filters: such an entry is `Allowed` as well.
    Confirmed,
    /// The action was refused.
    Refused,
}

/// The entries that a search found.
#[derive(Debug, Clone, Default)]
pub struct FoundEntries {
    /// The newest ones.
    pub entries: Vec<PastEntry>,
    /// Time and verdict of each entry that fits, also of those that are not among `entries`; newest first.
    pub decisions: Vec<(Millis, VerdictKind)>,
    /// The time back to which was searched, if the search reached its limit before the start of the times. Nothing is
    /// known of earlier entries.
    pub searched_to: Option<Millis>,
}

/// The place of an entry in the ledger, by which others can verify that the ledger still holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryProof {
    /// The name of its chain.
    pub chain: String,
    /// Its number in the chain.
    pub number: u64,
    /// The hash of its record, in hexadecimal.
    pub hash: String,
    /// The hash of the record before it.
    pub previous: String,
    /// The id of the key that signed it.
    pub key: String,
}

/// Reads the ledger. The caller must already have authorized access to other people's entries.
#[async_trait]
pub trait Audit: Send + Sync {
    /// Returns up to `most` of the actor's own entries within `times`, newest first.
    ///
    /// # Errors
    /// [`Unavailable`] if the entries could not be read.
    async fn entries_of(
        &self,
        actor: &Actor,
        times: std::ops::Range<Millis>,
        most: usize,
    ) -> Result<Vec<PastEntry>, Unavailable>;

    /// Searches the actor's own entries within `times`, within the limits of the implementation. Returns up to `most`
    /// entries.
    ///
    /// # Errors
    /// [`Unavailable`] if the entries could not be read.
    async fn search_own(
        &self,
        actor: &Actor,
        times: std::ops::Range<Millis>,
        filter: &Filter,
        most: usize,
    ) -> Result<FoundEntries, Unavailable>;

    /// Searches the entries of all people in a tenant, as [`Audit::search_own`] does.
    ///
    /// # Errors
    /// [`Unavailable`] if the entries could not be read.
    async fn search(
        &self,
        tenant: &str,
        times: std::ops::Range<Millis>,
        filter: &Filter,
        most: usize,
    ) -> Result<FoundEntries, Unavailable>;

    /// Streams all entries of a tenant within `times`, the newest day first, in parts of bounded size. An error ends the
    /// stream: what came before is not everything.
    fn export(
        &self,
        tenant: &str,
        times: std::ops::Range<Millis>,
        filter: Filter,
    ) -> BoxStream<'static, Result<Vec<PastEntry>, Unavailable>>;

    /// Returns an entry of a tenant, and its place; `None` if there is none.
    ///
    /// # Errors
    /// [`Unavailable`], also if the record fails verification.
    async fn entry(&self, tenant: &str, entry: &EntryId) -> Result<Option<(PastEntry, EntryProof)>, Unavailable>;

    /// Returns the receipt of the actor's own approval, a JSON text that can be verified offline; `None` if no action
    /// of theirs is based on it.
    ///
    /// # Errors
    /// [`Unavailable`], also if the ledger's records fail verification: no receipt is made from those.
    async fn receipt_of(&self, actor: &Actor, approval: &ApprovalId) -> Result<Option<String>, Unavailable>;

    /// Returns the receipt of any person's approval in a tenant.
    ///
    /// # Errors
    /// As [`Audit::receipt_of`].
    async fn receipt(&self, tenant: &str, approval: &ApprovalId) -> Result<Option<String>, Unavailable>;
}
