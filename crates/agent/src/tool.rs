//! The interface of a tool: a specification for the model, a pure interpretation of a call, and an action that requires
//! a permit.

use crate::intent::{Need, Risk};
use crate::permission::Permission;
use crate::ports::Outcome;
use crate::target::TargetLookup;
use crate::toolbox::Execution;
use crate::{Intent, ToolCall, ToolName, actor::Actor};
use async_trait::async_trait;
use std::sync::Arc;

/// The specification of a tool, as sent to the model.
#[derive(Debug, Clone, PartialEq)]
pub struct ToolSpec {
    /// 1 to 64 characters of `[a-zA-Z0-9_-]`.
    pub name: ToolName,
    /// The purpose of the tool, written for the model.
    pub description: String,
    /// JSON Schema of the arguments; the root has only `type: object`, `properties`, `required`.
    pub input_schema: serde_json::Value,
}

/// The tool cannot interpret the arguments. The text is sent to the model and contains no secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct BadInput(pub String);

/// The result of an action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToolOutput {
    /// The result for the model: JSON that contains only data.
    pub content: serde_json::Value,
    /// The result for the person, in a few words: `3 groups`.
    pub summary: String,
}

/// The action was not done, or its outcome is unknown.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ToolError {
    /// The service refused, or the object does not exist. The text may be shown to the model and the person.
    #[error("{0}")]
    Failed(String),
    /// The service could not be reached or did not answer in time; nothing was done.
    #[error("{service} is not available")]
    Unavailable {
        /// The service, by the name that people know.
        service: &'static str,
    },
    /// The action was started, and its end was not observed.
    #[error("the outcome at {service} is not known")]
    Unknown {
        /// The service, by the name that people know.
        service: &'static str,
    },
}

impl ToolError {
    /// The outcome for the ledger in fixed wording: the signed ledger must not contain text that a service chose.
    pub(crate) fn outcome(&self) -> Outcome {
        match self {
            Self::Failed(_) => Outcome::NotDone("the service did not accept it, or the tool failed".to_owned()),
            Self::Unavailable { service } => Outcome::NotDone(format!("{service} is not available")),
            Self::Unknown { .. } => Outcome::Unknown,
        }
    }
}

/// The account that a tool uses. The page of connected accounts shows it, and connecting the account requests its scopes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountUse {
    /// The provider and scopes of the credential.
    pub need: Need,
    /// The purpose, in plain words that continue "to": `read groups`.
    pub purpose: &'static str,
}

/// A request that a person can make, for the first screen and the page of permissions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Example {
    /// The system that it concerns, as people call it: `Okta`.
    pub system: &'static str,
    /// The request in everyday words. It ends with `…` if the person must complete it.
    pub text: &'static str,
}

/// An action that the agent offers.
#[async_trait]
pub trait Tool: Send + Sync {
    /// The specification that the model receives.
    fn spec(&self) -> &ToolSpec;

    /// The risk of every call of this tool. If calls differ, the highest risk.
    fn risk(&self) -> Risk {
        Risk::Read
    }

    /// Determines the action that the call stands for, on behalf of this actor. Pure: it queries no service and changes
    /// nothing.
    ///
    /// # Errors
    /// [`BadInput`] if the arguments cannot be interpreted; the model may try again.
    fn intend(&self, actor: &Actor, call: &ToolCall) -> Result<Intent, BadInput>;

    /// The lookup of the object that calls touch. `None` if the intent already names the object.
    fn lookup(&self) -> Option<Arc<dyn TargetLookup>> {
        None
    }

    /// The account whose credential calls need. `None` if they need none.
    fn account(&self) -> Option<AccountUse> {
        None
    }

    /// The permission that every call needs, whatever its arguments; further ones may depend on them. `None` if it is
    /// unknown without the arguments.
    fn requires(&self) -> Option<Permission> {
        None
    }

    /// A request that this tool answers. `None` if there is no text of ours for it.
    fn example(&self) -> Option<Example> {
        None
    }

    /// The external recipient of a call's arguments, by the name that people know. `None` if the arguments stay within
    /// the organization's own services.
    fn recipient(&self) -> Option<&str> {
        None
    }

    /// Returns whether agents without a person may be offered this tool. It must then need no account and no approval.
    fn is_for_agents(&self) -> bool {
        false
    }

    /// Performs the action. The execution holds the permit with the call, the intent and the credential; only
    /// [`crate::Toolbox::run`] can create one.
    ///
    /// # Errors
    /// See [`ToolError`].
    async fn run(&self, execution: Execution) -> Result<ToolOutput, ToolError>;
}
