//! The traits through which the core reaches the outside. An `Err` always means "unknown", never "no": implementations
//! must not turn a failure into an answer.

pub mod access_requests;
pub mod approval_requests;
pub mod approver;
pub mod authorizer;
pub mod clock;
pub mod conversations;
pub mod credentials;
pub mod deletions;
pub mod feed;
pub mod grants;
pub mod ids;
pub mod leases;
pub mod ledger;
pub mod model;
pub mod notifier;
pub mod passkeys;
pub mod permissions;
pub mod personal_records;
pub mod policies;
pub mod prompt_limiter;
pub mod search;
pub mod sign_ins;
pub mod toolboxes;

pub use access_requests::{AccessRequests, RecordVersion};
pub use approval_requests::{AnswerDevice, ApprovalRequest, ApprovalRequests};
pub use approver::{Approver, AskError, Asking, CAN_APPROVE, EvidenceError, PollResult, Ticket};
pub use authorizer::{ApproverDirectory, Authorizer, Check, Decision};
pub use clock::{Clock, Millis};
pub use conversations::{
    AppendError, ChangeError, Conversations, Glance, Glances, Header, ListCursor, Listing, Numbered, ReadError,
    Unreadable,
};
pub use credentials::{AccessToken, CredentialError, CredentialProvider, RejectionHandler};
pub use deletions::{Deletions, Erasure, HideError, Hiding, Pass, Progress, TimerCheck, Unused};
pub use feed::{Feed, Growth, LogName, LogNews};
pub use grants::{AccessGrants, GrantRemoved, GrantWritten};
pub use ids::Ids;
pub use leases::{Holder, LeaseId, Leases, Stamp, Work};
pub use ledger::{
    Approval, Audit, Ending, Entry, EntryId, EntryProof, Filter, FoundEntries, GivenApproval, Ledger, OpenError,
    Outcome, PastEntry, Verdict, VerdictKind, Way,
};
pub use model::{Block, Message, Model, ModelError, Prompt, Reasoning, ReplyPart, ReplyStream, Role, StopReason};
pub use notifier::{InvalidSubscription, NoNotifier, Notifier, SubscriptionStore, SubscriptionsVersion};
pub use passkeys::{EnrolmentsVersion, PasskeyStore};
pub use permissions::{Administrators, Explanation, Link, Permissions, Subject, Supposition};
pub use personal_records::{PersonalRecords, RecordKind};
pub use policies::{NoPolicies, Policies, PolicyDecision, PolicyEffect, Ruling};
pub use prompt_limiter::PromptLimiter;
pub use search::{Found, Search, SearchHit};
pub use sign_ins::SignIns;
pub use toolboxes::Toolboxes;

/// A service did not answer, or its answer cannot be trusted. `service` is shown to the person, `cause` goes to the
/// log.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{service} is not available: {cause}")]
pub struct Unavailable {
    /// The service, by the name that people know.
    pub service: &'static str,
    /// The failure, for the log. Never contains a secret.
    pub cause: String,
}

impl Unavailable {
    /// Creates the error: `service` failed because of `cause`.
    pub fn new(service: &'static str, cause: impl Into<String>) -> Self {
        Self { service, cause: cause.into() }
    }
}
