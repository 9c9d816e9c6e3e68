//! A push as the phone, the console and tests see and answer it. Must never contain an `auth_req_id`.

use serde_json::Value;

use crate::provider::Provider;

/// A request for approval shown on a person's phone.
#[derive(Debug, Clone, PartialEq)]
pub struct Push {
    /// Id of the push. It is not a secret, and a client cannot use it.
    pub id: String,
    /// `sub` of the person asked for approval.
    pub sub: String,
    /// Id of the requesting client.
    pub client: String,
    /// Text shown by the client and the phone alike.
    pub binding_message: String,
    /// `authorization_details` as sent: an array.
    pub authorization_details: Option<Value>,
    /// Scopes that an approval grants, separated by spaces.
    pub scope: String,
    /// The API that the access token is for.
    pub audience: Option<String>,
    /// Creation time, in seconds since 1970-01-01 UTC.
    pub created_at: i64,
    /// Time from which answers are rejected, in seconds since 1970-01-01 UTC.
    pub expires_at: i64,
    /// Current state.
    pub state: PushState,
    /// Number of polls by the client.
    pub polls: u64,
}

/// State of a push.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PushState {
    /// Waiting for an answer.
    Pending,
    /// Approved; the client has not redeemed it yet.
    Approved,
    /// Denied.
    Denied,
    /// Expired before an answer, or after an approval that the client did not redeem in time.
    Expired,
    /// Approved and redeemed: the client has the tokens.
    Redeemed,
}

impl PushState {
    /// Returns the state as one lower-case word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Approved => "approved",
            Self::Denied => "denied",
            Self::Expired => "expired",
            Self::Redeemed => "redeemed",
        }
    }
}

/// A person's answer to a push.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// Approval.
    Approve,
    /// Denial.
    Deny,
}

/// Reason for which an answer is rejected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AnswerError {
    /// No such push exists.
    #[error("there is no such push")]
    Unknown,
    /// The push was answered before, or expired.
    #[error("the push can no longer be answered: it is {}", .0.word())]
    Over(PushState),
}

impl Provider {
    /// Returns all pushes so far, oldest first.
    #[must_use]
    pub fn pushes(&self) -> Vec<Push> {
        let now = self.now_ms();
        self.store(|store| store.pushes.all(now))
    }

    /// Answers the push with this id on behalf of its person.
    ///
    /// # Errors
    /// Returns an error if the push does not exist, was answered before, or has expired.
    pub fn answer(&self, id: &str, answer: Answer) -> Result<Push, AnswerError> {
        let now = self.now_ms();
        self.store(|store| store.pushes.answer(id, answer, now))
    }
}
