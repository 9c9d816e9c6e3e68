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
                format!(
                    "Refused: the user lacks the permission {relation} on {object}. Nothing was done. Do not try again; tell the user."
                )
            }
            Self::NoApprover => {
                "Refused: this needs an approval that cannot be asked for here. Nothing was done.".to_owned()
            }
            Self::NotConnected { provider, .. } => {
                format!("Refused: the user has not connected an account at {provider}. Nothing was done.")
            }
            Self::Unavailable { service } => {
                format!(
                    "Not now: {service} cannot be reached. Nothing was done. Do not try again in this turn; tell the user."
                )
            }
            Self::BadInput { reason } => format!("The call could not be read: {reason} Nothing was done."),
            Self::OverLimit { limit } => format!("Refused: at most {limit} calls in one turn. Nothing was done."),
        }
    }
}
