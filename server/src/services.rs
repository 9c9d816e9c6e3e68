//! The parts that requests need, held by their ports.

use crate::config::Switch;
use crate::remote_tools::RemoteTools;
use crate::session::SessionId;
use crate::turns::{Beat, Turns};
use agent::ports::{Attention, Audit, Authorizer, Conversations, Ledger};
use std::fmt;
use std::sync::Arc;
use tower_sessions::SessionStore;

/// Everything behind the edge.
pub struct Services {
    /// Conversations.
    pub conversations: Arc<dyn Conversations>,
    /// What was decided and done.
    pub audit: Arc<dyn Audit>,
    /// Where it is written down.
    pub ledger: Arc<dyn Ledger>,
    /// What people have open.
    pub attention: Arc<dyn Attention>,
    /// Who may see more than their own.
    pub authorizer: Arc<dyn Authorizer>,
    /// Turns.
    pub turns: Turns,
    /// The tools of other servers, for an operator.
    pub remote_tools: Arc<dyn RemoteTools>,
    /// Sessions, to see whether one still lives.
    pub sessions: Arc<dyn SessionStore>,
    /// What is asked before the server says that it is ready.
    pub checks: Vec<Check>,
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

impl Services {
    /// Whether a session is still signed in. A store that does not answer is no proof that it has ended:
    /// the stream goes on until the next look, and every action asks again anyway.
    pub async fn lives(&self, session: SessionId) -> bool {
        match self.sessions.load(&session.0).await {
            Ok(record) => record.is_some(),
            Err(error) => {
                tracing::warn!(error = %error, "a session could not be looked up");
                true
            }
        }
    }
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
