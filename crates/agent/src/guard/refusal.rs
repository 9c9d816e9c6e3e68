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
    /// The deed needs a human yes, and there is none.
    #[error("not approved: {why}")]
    NotApproved {
        /// Why there is none.
        why: NotApproved,
    },
    /// The person has not connected the account that the deed needs.
    #[error("account not connected: {provider}")]
    NotConnected {
        /// The provider of the account.
        provider: String,
        /// The scopes that are wanted.
        scopes: Vec<String>,
    },
    /// The account that the deed needs is connected, and allows less.
    #[error("account allows too little: {provider}")]
    MoreScopes {
        /// The provider of the account.
        provider: String,
        /// The scopes that are wanted.
        scopes: Vec<String>,
    },
    /// The person has connected several accounts of the kind that the deed needs, and which one is meant is not known.
    #[error("several accounts connected: {provider}")]
    SeveralAccounts {
        /// The provider of the accounts.
        provider: String,
    },
    /// The person's sign-in is over, so nothing is borrowed or done for them.
    #[error("the sign-in is over")]
    SignInAgain,
    /// A service did not answer. Not a no and never a yes.
    #[error("not now: {service} is not available")]
    Unavailable {
        /// The service, by the name a person knows.
        service: String,
    },
    /// The call cannot be read, or the tool does not exist.
    #[error("bad input: {reason}")]
    BadInput {
        /// The fault of it.
        reason: String,
    },
    /// The object of the call cannot be used: there is none of that name, or too much is known about it to be decided.
    #[error("the target cannot be used: {reason}")]
    UnusableTarget {
        /// A sentence that says why.
        reason: String,
    },
    /// A limit of the turn was reached before this call.
    #[error("over the limit of {limit} calls a turn")]
    OverLimit {
        /// The limit that struck.
        limit: u32,
    },
}

/// Why there is no yes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "why", rename_all = "snake_case")]
pub enum NotApproved {
    /// The person said no.
    #[error("denied")]
    Denied,
    /// Nobody answered in time.
    #[error("expired")]
    Expired,
    /// The question was taken back.
    #[error("cancelled")]
    Cancelled,
    /// A yes came that is not to this question, or not of this person.
    #[error("mismatched: {what}")]
    Mismatched {
        /// What did not fit.
        what: String,
    },
    /// The person has no device that could be asked.
    #[error("no device")]
    NoDevice,
    /// The answer was given, and lost before it was written down.
    #[error("the answer was lost")]
    Lost,
    /// The very same thing is being asked already.
    #[error("asked already")]
    Asked,
    /// Another question took all the time that this one could wait.
    #[error("another question is open")]
    Busy,
    /// A question was denied or taken back not long ago.
    #[error("cooling down until {until}")]
    Cooling {
        /// Until when, in milliseconds since 1970.
        until: i64,
    },
    /// Enough for a day.
    #[error("over the limit of {limit} questions a day")]
    DailyLimit {
        /// The limit.
        limit: u32,
    },
    /// The approval came too long before the action: the server was stopped or suspended in between.
    #[error("the approval is too old")]
    Stale,
    /// The yes was used already.
    #[error("the yes is used")]
    Used,
    /// What would run now is not what was asked.
    #[error("changed since it was asked")]
    Changed,
}

impl NotApproved {
    const fn for_model(&self) -> &'static str {
        match self {
            Self::Denied => "the user denied it",
            Self::Expired => "the user did not answer in time",
            Self::Cancelled => "the user took the question back",
            Self::Mismatched { .. } => "the approval that came is not for this",
            Self::Lost => "the user's answer was lost",
            Self::NoDevice => "the user has no device on which to be asked",
            Self::Asked => "the user is being asked about this already",
            Self::Busy => "the user has another question open",
            Self::Cooling { .. } => "the user denied or took back a question a short while ago",
            Self::DailyLimit { .. } => "the user was asked often enough today",
            Self::Stale => "the approval is too old",
            Self::Used => "the approval was used already",
            Self::Changed => "what would be done has changed since the user was asked",
        }
    }
}

impl Refusal {
    /// What the model is told, as the result of its call. Holds no reason to try the same again.
    #[must_use]
    pub fn for_model(&self) -> String {
        match self {
            Self::Denied { relation, object } => {
                format!("the permission {relation} on {object} is missing. Nothing was done.")
            }
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
                    "the user has several accounts at {provider} connected, and which one is meant is not known. Nothing was done."
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
