//! What the core needs of the outside, as traits. An `Err` always means "not known", never "no":
//! implementations must not turn a failure into an answer.

pub mod approver;
pub mod authorizer;
pub mod clock;
pub mod conversations;
pub mod feed;
pub mod ids;
pub mod ledger;
pub mod model;
pub mod prompt_limiter;
pub mod sign_ins;
pub mod toolboxes;
pub mod vault;

pub use approver::{Approver, AskError, EvidenceError, Seen, Ticket};
pub use authorizer::{Authorizer, Check, Decision};
pub use clock::{Clock, Millis};
pub use conversations::{
    AppendError, Conversations, Header, Holder, LeaseId, Leases, ListCursor, Listing, Numbered, ReadError, Stamp,
    Unreadable, Work,
};
pub use feed::{Feed, Growth, LogName};
pub use ids::Ids;
pub use ledger::{
    Approval, Audit, Ending, Entry, EntryId, Filter, Given, Ledger, OpenError, Outcome, PastEntry, Verdict, VerdictKind,
};
pub use model::{Block, Message, Model, ModelError, Prompt, Reasoning, ReplyPart, ReplyStream, Role, StopReason};
pub use prompt_limiter::PromptLimiter;
pub use sign_ins::SignIns;
pub use toolboxes::Toolboxes;
pub use vault::{Lender, Loan, Vault, VaultError};

/// A service did not answer, or not in a way that can be trusted. Two faces: `service` for the person, `cause` for the log.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{service} is not available: {cause}")]
pub struct Unavailable {
    /// The service, by the name a person knows.
    pub service: &'static str,
    /// What happened, for the log. Never holds a secret.
    pub cause: String,
}

impl Unavailable {
    /// `service` failed because of `cause`.
    pub fn new(service: &'static str, cause: impl Into<String>) -> Self {
        Self { service, cause: cause.into() }
    }
}
