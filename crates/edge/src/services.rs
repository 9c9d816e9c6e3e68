//! The services that requests use, behind the core's ports.

pub use crate::backend::RoleHints;
use crate::health::Readiness;
pub use crate::inbox::InboxCounts;
use crate::pulse::Pulse;
use crate::remote_tools::RemoteTools;
use agent::Toolbox;
use agent::access::Access;
use agent::notifications::Subscriptions;
use agent::ports::{
    ApprovalRequests, Audit, Authorizer, Conversations, Ledger, Notifier, PersonalRecords, PromptLimiter, Search,
    SignIns, Toolboxes,
};
use approvals::{Passkeys, StandingApprovals};
use credentials::accounts::Accounts;
use std::fmt;
use std::sync::Arc;
use turns::cached_conversations::CachedConversations;
use turns::{Heartbeat, Turns};

/// The services that the HTTP edge uses.
pub struct Services {
    /// The conversation store.
    pub conversations: Arc<dyn Conversations>,
    /// The same store with its cache, as pages read it.
    pub pages: Arc<CachedConversations>,
    /// The search in people's conversations.
    pub search: Arc<dyn Search>,
    /// Read access to the recorded decisions and actions.
    pub audit: Arc<dyn Audit>,
    /// The ledger in which decisions and actions are recorded.
    pub ledger: Arc<dyn Ledger>,
    /// Small records that only their person's pages read.
    pub records: Arc<dyn PersonalRecords>,
    /// The limits on prompting people, which know each person's open questions.
    pub prompts: Arc<dyn PromptLimiter>,
    /// The permission checks, by which a person's roles are looked up.
    pub authorizer: Arc<dyn Authorizer>,
    /// Requests for access, and what people may do.
    pub access: Access,
    /// The tools of each person.
    pub toolboxes: Arc<dyn Toolboxes>,
    /// The tools that need no other server to be known.
    pub own_tools: Toolbox,
    /// Managers of people's own accounts.
    pub accounts: Arc<Accounts>,
    /// People's sign-ins.
    pub sign_ins: Arc<dyn SignIns>,
    /// The roles by which links are shown.
    pub roles: RoleHints,
    /// The numbers of requests of others that wait for people.
    pub inbox: InboxCounts,
    /// The passkeys of people.
    pub passkeys: Passkeys,
    /// The standing approvals of people.
    pub standing: StandingApprovals,
    /// The requests for approval that people answer on a page.
    pub requests: Arc<dyn ApprovalRequests>,
    /// Tells people outside our pages that a request waits.
    pub notifier: Arc<dyn Notifier>,
    /// The browsers in which people are told.
    pub subscriptions: Subscriptions,
    /// The turns of this instance.
    pub turns: Turns,
    /// The tools of MCP servers, as operators see them.
    pub remote_tools: Arc<dyn RemoteTools>,
    /// The poller for the sessions of open streams.
    pub pulse: Arc<Pulse>,
    /// The checks that must succeed before the server reports that it is ready.
    pub checks: Vec<Check>,
    /// The cached outcome of the last round of these checks.
    pub readiness: Readiness,
    /// Interval of a stream's heartbeats.
    pub beat: Heartbeat,
    /// Visibility of the model's reasoning to people.
    pub reasoning: ReasoningVisibility,
}

/// Visibility of the model's reasoning to people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReasoningVisibility {
    /// People may unfold it.
    Shown,
    /// It never leaves the server.
    Hidden,
}

/// A readiness check of one service.
pub struct Check {
    /// Name of the service in the readiness report.
    pub name: &'static str,
    /// Queries the service; the error is the cause, for the log.
    pub ask: Box<dyn Fn() -> futures::future::BoxFuture<'static, Result<(), String>> + Send + Sync>,
}

impl fmt::Debug for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Check").field("name", &self.name).finish_non_exhaustive()
    }
}

impl fmt::Debug for Services {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Services").finish_non_exhaustive()
    }
}
