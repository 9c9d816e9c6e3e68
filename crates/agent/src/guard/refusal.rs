//! Refusals of a call. Each has a text for the person, for the model and for the log.

use serde::{Deserialize, Serialize};

/// The reason why nothing was done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Refusal {
    /// The actor lacks the relation.
    #[error("denied: {relation} on {object} is missing")]
    Denied {
        /// The relation that is missing.
        relation: String,
        /// The object on which it is missing.
        object: String,
    },
    /// Policies forbid what comes through this door, or none permits it.
    #[error("denied by policy: {}", if policies.is_empty() { "none permits it".to_owned() } else { policies.join(", ") })]
    Forbidden {
        /// The policies that forbid it; empty if none permits it.
        policies: Vec<String>,
    },
    /// The action needs a person, and an agent asks for itself.
    #[error("it needs a person")]
    NoPerson,
    /// The action needs an approval and has none.
    #[error("not approved: {why}")]
    NotApproved {
        /// The reason.
        why: NotApproved,
    },
    /// The person has not connected the account that the action needs.
    #[error("account not connected: {provider}")]
    NotConnected {
        /// The provider of the account.
        provider: String,
        /// The scopes that the action needs.
        scopes: Vec<String>,
    },
    /// The account that the action needs is connected with too few scopes.
    #[error("account lacks scopes: {provider}")]
    MoreScopes {
        /// The provider of the account.
        provider: String,
        /// The scopes that the action needs.
        scopes: Vec<String>,
    },
    /// Several accounts of the needed kind are connected, and the intended one cannot be determined.
    #[error("several accounts connected: {provider}")]
    SeveralAccounts {
        /// The provider of the accounts.
        provider: String,
    },
    /// The person's sign-in has ended, so no credential is obtained and nothing is done for them.
    #[error("the sign-in is over")]
    SignInAgain,
    /// A service did not answer. Neither a denial nor ever an approval.
    #[error("not now: {service} is not available")]
    Unavailable {
        /// The service, by the name that people know.
        service: String,
    },
    /// The call cannot be interpreted, or the tool does not exist.
    #[error("bad input: {reason}")]
    BadInput {
        /// The problem.
        reason: String,
    },
    /// The object of the call cannot be used: none has that name, or there are too many facts about it for one check.
    #[error("the target cannot be used: {reason}")]
    UnusableTarget {
        /// A sentence that states the reason.
        reason: String,
    },
    /// The turn reached a limit before this call.
    #[error("over the limit of {limit} calls a turn")]
    OverLimit {
        /// The limit that was reached.
        limit: u32,
    },
}

/// The reason why there is no approval.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "why", rename_all = "snake_case")]
pub enum NotApproved {
    /// The person denied it.
    #[error("denied")]
    Denied,
    /// Nobody answered in time.
    #[error("expired")]
    Expired,
    /// The question was cancelled.
    #[error("cancelled")]
    Cancelled,
    /// The approval is for another question, or by another person.
    #[error("mismatched: {what}")]
    Mismatched {
        /// The mismatch.
        what: String,
    },
    /// A person declined on a page.
    #[error("declined")]
    Declined {
        /// The name of the person; `None` if it is the person who asked.
        by: Option<String>,
        /// The reason, for the person who asked. Neither the model nor the ledger receives it.
        reason: Option<String>,
    },
    /// The person has no device to receive the question.
    #[error("no device")]
    NoDevice,
    /// The person has no passkey.
    #[error("no passkey")]
    NoPasskey,
    /// Nobody else may approve the action.
    #[error("nobody else may approve")]
    NoApprover,
    /// A person who approved may no longer approve actions on the object.
    #[error("the second person may no longer approve")]
    NotApprover,
    /// The answer was given and lost before it was recorded.
    #[error("the answer was lost")]
    Lost,
    /// A question about the same action is already open.
    #[error("asked already")]
    Asked,
    /// Another question was open until this one's time was over.
    #[error("another question is open")]
    Busy,
    /// A question was denied or cancelled recently.
    #[error("cooling down until {until}")]
    Cooling {
        /// End of the pause, in milliseconds since 1970.
        until: i64,
    },
    /// The daily limit of questions was reached.
    #[error("over the limit of {limit} questions a day")]
    DailyLimit {
        /// The limit.
        limit: u32,
    },
    /// The approval came too long before the action: the server was stopped or suspended in between.
    #[error("the approval is too old")]
    Stale,
    /// The approval was used already.
    #[error("the approval was used already")]
    Used,
    /// The action has changed since the question was asked.
    #[error("the action has changed since the question was asked")]
    Changed,
}

impl NotApproved {
    const fn for_model(&self) -> &'static str {
        match self {
            Self::Denied => "the user denied it",
            Self::Declined { by: None, .. } => "the user declined it",
            Self::Declined { by: Some(_), .. } => "the person who was asked to approve it declined",
            Self::Expired => "the user did not answer in time",
            Self::Cancelled => "the user cancelled the question",
            Self::Mismatched { .. } => "the approval does not belong to this action",
            Self::Lost => "the user's answer was lost",
            Self::NoDevice => "the user has no device that can receive the question",
            Self::NoPasskey => "the user has no passkey to confirm it with",
            Self::NoApprover => "nobody else may approve it",
            Self::NotApprover => "the person who approved it may no longer do so",
            Self::Asked => "the user is being asked about this already",
            Self::Busy => "the user has another question open",
            Self::Cooling { .. } => "the user denied or cancelled a question a short while ago",
            Self::DailyLimit { .. } => "the user has reached today's limit of questions",
            Self::Stale => "the approval is too old",
            Self::Used => "the approval was used already",
            Self::Changed => "the action has changed since the user was asked",
        }
    }
}

impl Refusal {
    /// The text for the model, as the result of its call. It gives the model no reason to retry.
    #[must_use]
    pub fn for_model(&self) -> String {
        match self {
            Self::Denied { relation, object } => {
                format!("the permission {relation} on {object} is missing. Nothing was done.")
            }
            Self::Forbidden { .. } => {
                "the policies of this organization do not allow it through this door. Nothing was done.".to_owned()
            }
            Self::NoPerson => "this needs a person, and there is none. Nothing was done.".to_owned(),
            Self::NotApproved { why } => {
                format!("it needs an approval, and {}. Nothing was done.", why.for_model())
            }
            Self::NotConnected { provider, .. } => {
                format!("no account at {provider} is connected. Nothing was done.")
            }
            Self::MoreScopes { provider, scopes } => {
                format!("the user's account at {provider} does not allow {}. Nothing was done.", scopes.join(" "))
            }
            Self::SeveralAccounts { provider } => {
                format!(
                    "the user has several accounts connected at {provider}, and it is not known which one to use. \
                     Nothing was done."
                )
            }
            Self::SignInAgain => "the user must sign in again. Nothing was done.".to_owned(),
            Self::Unavailable { service } => format!("{service} cannot be reached right now. Nothing was done."),
            Self::BadInput { reason } => format!("the call could not be read: {reason} Nothing was done."),
            Self::UnusableTarget { reason } => format!("{reason} Nothing was done."),
            Self::OverLimit { limit } => {
                format!("one answer may make at most {limit} calls. Nothing was done.")
            }
        }
    }
}
