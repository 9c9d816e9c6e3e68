//! Calls that the model proposes. A [`ToolCall`] carries no authority.

use crate::ids::ConversationId;
use serde::{Deserialize, Serialize};
use std::fmt;

/// The id by which the model matches a result to its call. It comes from the model, so it is only a label.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CallId(pub String);

impl fmt::Display for CallId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The name of a tool as the model wrote it; the tool may not exist.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ToolName(pub String);

impl fmt::Display for ToolName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A tool use that the model proposes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ToolCall {
    /// The label of this call within its turn.
    pub id: CallId,
    /// The tool that the model names.
    pub tool: ToolName,
    /// The arguments, not yet validated.
    pub input: serde_json::Value,
}

/// The position of a call: its conversation and its id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// The conversation.
    pub conversation: ConversationId,
    /// The call in it.
    pub call: CallId,
}

impl Place {
    /// The turn that the call belongs to. The runner names calls `call-<number of the message>-<number of the call>`.
    pub(crate) fn turn(&self) -> String {
        let message = self.call.0.rsplit_once('-').map_or(self.call.0.as_str(), |(message, _)| message);
        format!("{} {message}", self.conversation)
    }
}
