//! The answer to a request without an acceptable credential.

mod challenge;
mod reason;

pub(crate) use challenge::Challenge;
pub(crate) use reason::RETRY_AFTER;
pub use reason::{BadRequest, Denial, InvalidToken, Reason};

use crate::config::Scope;
use http::{HeaderValue, StatusCode};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// A refused request. Its text is for the log and holds neither a token nor the value of a claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejection {
    reason: Reason,
    challenge: Arc<Challenge>,
    /// The scopes that the action needs, all at once.
    needed: Vec<Scope>,
}

impl Rejection {
    pub(crate) const fn new(reason: Reason, challenge: Arc<Challenge>, needed: Vec<Scope>) -> Self {
        Self { reason, challenge, needed }
    }

    /// The check that failed.
    #[must_use]
    pub const fn reason(&self) -> Reason {
        self.reason
    }

    /// The status of the answer.
    #[must_use]
    pub const fn status(&self) -> StatusCode {
        match self.reason {
            Reason::NoCredentials | Reason::InvalidToken(_) => StatusCode::UNAUTHORIZED,
            Reason::BadRequest(_) => StatusCode::BAD_REQUEST,
            Reason::InsufficientScope | Reason::Denied(_) => StatusCode::FORBIDDEN,
            Reason::Unavailable { .. } => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// The value of `WWW-Authenticate` (RFC 6750 section 3, RFC 9728 section 5.1). Denied callers and unavailable services
    /// get none: another token would not help.
    #[must_use]
    pub fn www_authenticate(&self) -> Option<HeaderValue> {
        let text = match self.reason {
            Reason::NoCredentials => self.challenge.plain(),
            Reason::InvalidToken(check) => self.challenge.invalid_token(&check.to_string()),
            Reason::BadRequest(_) => Challenge::invalid_request(),
            Reason::InsufficientScope => self.challenge.insufficient_scope(&self.needed),
            Reason::Denied(_) | Reason::Unavailable { .. } => return None,
        };
        HeaderValue::try_from(text).ok()
    }

    /// The value of `Retry-After` in seconds (RFC 9110 section 10.2.3), if the request may succeed later.
    #[must_use]
    pub const fn retry_after(&self) -> Option<Duration> {
        match self.reason {
            Reason::Unavailable { retry_after, .. } => Some(retry_after),
            _ => None,
        }
    }
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.reason.fmt(f)
    }
}

impl std::error::Error for Rejection {}
