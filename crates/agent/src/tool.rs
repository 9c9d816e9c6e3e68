//! What a tool is: a specification for the model, a pure reading of a call, and a deed that costs a permit.

use crate::intent::Risk;
use crate::ports::Outcome;
use crate::target::TargetLookup;
use crate::toolbox::Execution;
use crate::{Intent, ToolCall, ToolName, actor::Actor};
use async_trait::async_trait;
use std::sync::Arc;

/// What the model is told about a tool.
#[derive(Debug, Clone, PartialEq)]
pub struct ToolSpec {
    /// 1 to 64 characters of `[a-zA-Z0-9_-]`.
    pub name: ToolName,
    /// What it does, for the model.
    pub description: String,
    /// JSON Schema of the arguments; the root has only `type: object`, `properties`, `required`.
    pub input_schema: serde_json::Value,
}

/// Arguments that the tool cannot read. The text goes back to the model and names no secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct BadInput(pub String);

/// What a deed brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToolOutput {
    /// For the model: JSON, data and nothing but data.
    pub content: serde_json::Value,
    /// For the person, in a few words: `3 groups`.
    pub summary: String,
}

/// Why a deed did not come about, or may have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ToolError {
    /// The other side said no, or there is no such thing. The text may be read by the model and the person.
    #[error("{0}")]
    Failed(String),
    /// The service could not be reached or did not answer in time; nothing was done.
    #[error("{service} is not available")]
    Unavailable {
        /// The service, by the name a person knows.
        service: &'static str,
    },
    /// The deed was begun and its end was not seen.
    #[error("the outcome at {service} is not known")]
    Unknown {
        /// The service, by the name a person knows.
        service: &'static str,
    },
}

impl ToolError {
    /// The outcome for the ledger, in our own words: what a service says of its failure is not ours to sign.
    pub(crate) fn outcome(&self) -> Outcome {
        match self {
            Self::Failed(_) => Outcome::NotDone("the service did not accept it, or the tool failed".to_owned()),
            Self::Unavailable { service } => Outcome::NotDone(format!("{service} is not available")),
            Self::Unknown { .. } => Outcome::Unknown,
        }
    }
}

/// One thing that the agent can do.
#[async_trait]
pub trait Tool: Send + Sync {
    /// What the model is told.
    fn spec(&self) -> &ToolSpec;

    /// The risk of every call of this tool. A tool whose calls differ states the highest.
    fn risk(&self) -> Risk {
        Risk::Read
    }

    /// Works out what the call would do, for this actor. Pure: asks nobody, changes nothing.
    ///
    /// # Errors
    /// [`BadInput`] when the arguments cannot be read; the model may try again.
    fn intend(&self, actor: &Actor, call: &ToolCall) -> Result<Intent, BadInput>;

    /// The lookup of the object that calls touch. `None`: the intent's object is the object itself.
    fn lookup(&self) -> Option<Arc<dyn TargetLookup>> {
        None
    }

    /// The recipient outside the organization's own services that the arguments of a call go to, by the name a person knows.
    /// `None`: the arguments stay within.
    fn recipient(&self) -> Option<&str> {
        None
    }

    /// Does it. The execution holds the permit with the call, the intent and the credential; only
    /// [`crate::Toolbox::run`] makes one.
    ///
    /// # Errors
    /// See [`ToolError`].
    async fn run(&self, execution: Execution) -> Result<ToolOutput, ToolError>;
}
