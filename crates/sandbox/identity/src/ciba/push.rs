//! A push as the phone, the console and tests see it, and how they answer it. It must never hold an `auth_req_id`.

use serde_json::Value;

use crate::provider::Provider;

/// What a person is asked on her phone.
#[derive(Debug, Clone, PartialEq)]
pub struct Push {
    /// Names the push; no secret, and of no use to a client.
    pub id: String,
    /// The person who is asked.
    pub sub: String,
    /// The id of the client that asks.
    pub client: String,
    /// The text that screen and phone both show.
    pub binding_message: String,
    /// The `authorization_details` as they were sent: an array.
    pub authorization_details: Option<Value>,
    /// The scopes that a yes grants, separated by spaces.
    pub scope: String,
    /// The API that the access token would be for.
    pub audience: Option<String>,
    /// When it was asked, in seconds since 1970-01-01 UTC.
    pub created_at: i64,
    /// From when on no answer counts, in seconds since 1970-01-01 UTC.
    pub expires_at: i64,
    /// What became of it.
    pub state: PushState,
    /// How often the client polled.
    pub polls: u64,
}

/// What became of a push.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PushState {
    /// It waits for an answer.
    Pending,
    /// The person said yes; the client has not come for its tokens.
    Approved,
    /// The person said no.
    Denied,
    /// Its time ran out before an answer, or before the client came for its tokens.
    Expired,
    /// The person said yes and the client got its tokens.
    Redeemed,
}

impl PushState {
    /// The state in one lower-case word.
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

/// What a person says to a push.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// Yes.
    Approve,
    /// No.
    Deny,
}

/// Why an answer does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AnswerError {
    /// There is no such push.
    #[error("there is no such push")]
    Unknown,
    /// It was answered before, or came to its end unanswered.
    #[error("too late: the push is {}", .0.word())]
    Over(PushState),
}

impl Provider {
    /// Every push so far, oldest first.
    #[must_use]
    pub fn pushes(&self) -> Vec<Push> {
        let now = self.now_ms();
        self.store(|store| store.pushes.all(now))
    }

    /// Answers the push with this id as its person would.
    ///
    /// # Errors
    /// When there is no such push, or its time for answers is over.
    pub fn answer(&self, id: &str, answer: Answer) -> Result<Push, AnswerError> {
        let now = self.now_ms();
        self.store(|store| store.pushes.answer(id, answer, now))
    }
}
