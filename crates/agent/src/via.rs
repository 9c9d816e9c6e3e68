//! The way by which a message or a call came in, other than the person's own browser: a door, the client, and the agents
//! that act for the person. It is verified by the door and grants nothing: it bounds and is recorded.

use crate::ToolName;
use crate::ports::Millis;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A way through a door. It is stored with the message, in the authenticated log, so that whichever instance runs the turn
/// applies the same bounds and names the same agents in the ledger.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Via {
    /// Name of the door: `runtime`, `mcp`.
    pub door: String,
    /// The client, by the id that the token names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client: Option<String>,
    /// The agents that act for the person, from the current one to the first (RFC 8693 section 4.1). Empty if the person's
    /// own token was presented.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub agents: Vec<String>,
    /// The claims of the token, as texts, for policies.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub claims: BTreeMap<String, String>,
    /// End of the token, in milliseconds since 1970: the sign-in that it proves.
    pub until: Millis,
}

impl Via {
    /// Returns the party that wrote what came in: the current agent, or else the client, or else the door.
    #[must_use]
    pub fn sender(&self) -> &str {
        self.agents.first().or(self.client.as_ref()).unwrap_or(&self.door)
    }
}

/// Shows neither claims nor agents, which may name people.
impl std::fmt::Debug for Via {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Via").field("door", &self.door).field("agents", &self.agents.len()).finish_non_exhaustive()
    }
}

/// A message that came in through a door.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Arrival {
    /// The way.
    pub via: Arc<Via>,
    /// The one call that the client asks for, instead of an answer of the model. Its arguments are nobody's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call: Option<RequestedCall>,
}

/// A call that a client asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestedCall {
    /// The tool.
    pub tool: ToolName,
    /// Its arguments.
    pub input: serde_json::Value,
}
