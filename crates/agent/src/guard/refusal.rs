//! Why a call may not run. One error with three faces: the person, the model, the log.

use serde::{Deserialize, Serialize};

/// Why nothing was done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Refusal {
    /// The actor lacks the relation.
    #[error("denied: {relation} on {object} is missing")]
    Denied {
        /// The relation that is missing.
        relation: String,
        /// The object that it is missing on.
        object: String,
    },
    /// The deed needs a human yes, and there is nobody who could be asked.
    #[error("needs an approval that cannot be asked for")]
    NoApprover,
    /// The person has not connected the account that the deed needs.
    #[error("account not connected: {provider}")]
    NotConnected {
        /// The provider of the account.
        provider: String,
        /// The scopes that are wanted.
        scopes: Vec<String>,
    },
    /// A service did not answer. Not a no and never a yes.
    #[error("not now: {service} is not available")]
    Unavailable {
        /// The service, by the name a person knows.
        service: String,
    },
    /// The call cannot be read, or the tool does not exist.
    #[error("bad input: {reason}")]
    BadInput {
        /// What is wrong with it.
        reason: String,
    },
    /// A limit of the turn was reached before this call.
    #[error("over the limit of {limit} calls a turn")]
    OverLimit {
        /// The limit that struck.
        limit: u32,
    },
}

impl Refusal {
    /// What the model is told, as the result of its call. Holds no reason to try the same again.
    #[must_use]
    pub fn for_model(&self) -> String {
        match self {
            Self::Denied { relation, object } => {
                format!("the permission {relation} on {object} is missing. Nothing was done.")
            }
            Self::NoApprover => {
                "this needs an approval, and nobody can be asked for one here. Nothing was done.".to_owned()
            }
            Self::NotConnected { provider, .. } => {
                format!("no account at {provider} is connected. Nothing was done.")
            }
            Self::Unavailable { service } => format!("{service} cannot be reached right now. Nothing was done."),
            Self::BadInput { reason } => format!("the call could not be read: {reason} Nothing was done."),
            Self::OverLimit { limit } => {
                format!("one answer may make at most {limit} calls. Nothing was done.")
            }
        }
    }
}
