//! The parts that requests need, held by their ports.

use crate::cached_conversations::CachedConversations;
use crate::config::Switch;
use crate::edge::health::Readiness;
use crate::pulse::Pulse;
use crate::remote_tools::RemoteTools;
use crate::turns::{Beat, Turns};
use agent::ports::{Audit, Authorizer, Conversations, Ledger, PromptLimiter};
use std::fmt;
use std::sync::Arc;

/// Everything behind the edge.
pub struct Services {
    /// Conversations.
    pub conversations: Arc<dyn Conversations>,
    /// The same, as pages read them.
    pub pages: Arc<CachedConversations>,
    /// What was decided and done.
    pub audit: Arc<dyn Audit>,
    /// Where it is written down.
    pub ledger: Arc<dyn Ledger>,
    /// What people have open.
    pub prompts: Arc<dyn PromptLimiter>,
    /// Who may see more than their own.
    pub authorizer: Arc<dyn Authorizer>,
    /// Turns.
    pub turns: Turns,
    /// The tools of other servers, for an operator.
    pub remote_tools: Arc<dyn RemoteTools>,
    /// One look a beat at the sessions of open streams.
    pub pulse: Arc<Pulse>,
    /// What is asked before the server says that it is ready.
    pub checks: Vec<Check>,
    /// The last round of these checks.
    pub readiness: Readiness,
    /// How often a quiet stream looks whether its session still lives.
    pub beat: Beat,
    /// Whether people may see what the model thought.
    pub thinking: Thinking,
}

/// Whether people may see what the model thought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Thinking {
    /// They may unfold it.
    Shown,
    /// Nothing of it leaves the server.
    Hidden,
}

impl From<Switch> for Thinking {
    fn from(switch: Switch) -> Self {
        match switch {
            Switch::On => Self::Shown,
            Switch::Off => Self::Hidden,
        }
    }
}

/// One thing that must answer before the server is ready.
pub struct Check {
    /// Its name.
    pub name: &'static str,
    /// Asks it.
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
