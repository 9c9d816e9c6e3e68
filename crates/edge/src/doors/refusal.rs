//! The answers of a door that are errors: a status, a kind for programs, and a sentence for people.

use app::wire::ApiError;
use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use callers::{Reason, Rejection};
use serde::Serialize;
use std::borrow::Cow;

/// A refused request.
#[derive(Debug)]
pub(super) enum Refusal {
    /// The caller is not proved, or may not enter.
    Caller(Rejection),
    /// The request comes from a page of a browser.
    Origin,
    /// FGA has no name for the person.
    Unnamed,
    /// The request is not what the contract says.
    Malformed(&'static str),
    /// An error that pages share.
    Api(ApiError),
    /// The answer ended before the turn did, which may go on: its kind.
    Ended(&'static str),
}

impl From<Rejection> for Refusal {
    fn from(rejection: Rejection) -> Self {
        Self::Caller(rejection)
    }
}

impl From<ApiError> for Refusal {
    fn from(error: ApiError) -> Self {
        Self::Api(error)
    }
}

/// The body of the answer.
#[derive(Serialize)]
struct Body {
    error: &'static str,
    message: Cow<'static, str>,
}

impl Refusal {
    /// Returns the status, the kind for programs and the sentence for people.
    pub(super) fn told(&self) -> (StatusCode, &'static str, Cow<'static, str>) {
        let (status, kind, message) = match self {
            Self::Caller(rejection) => caller(rejection),
            Self::Origin => (StatusCode::FORBIDDEN, "forbidden", "No page of a browser may call here."),
            Self::Unnamed => {
                let message = "The token does not say how permissions name this person.";
                (StatusCode::FORBIDDEN, "unknown_person", message)
            }
            Self::Malformed(message) => (StatusCode::BAD_REQUEST, "malformed", *message),
            Self::Ended(kind) => {
                let message = "The answer is not complete. Ask again with the same Idempotency-Key to join it.";
                (StatusCode::GATEWAY_TIMEOUT, *kind, message)
            }
            Self::Api(error) => return (app::backend::status(error), kind(error), error.to_string().into()),
        };
        (status, kind, message.into())
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let (status, error, message) = self.told();
        let mut answer = (status, [(header::CACHE_CONTROL, "no-store")], Json(Body { error, message })).into_response();
        let headers = answer.headers_mut();
        match self {
            Self::Caller(rejection) => {
                tracing::info!(reason = %rejection, "a caller was refused at a door");
                if let Some(challenge) = rejection.www_authenticate() {
                    headers.insert(header::WWW_AUTHENTICATE, challenge);
                }
                if let Some(after) = rejection.retry_after() {
                    headers.insert(header::RETRY_AFTER, HeaderValue::from(after.as_secs()));
                }
            }
            Self::Api(ApiError::Limited { retry_after_s, .. }) => {
                headers.insert(header::RETRY_AFTER, HeaderValue::from(retry_after_s));
            }
            _ => {}
        }
        answer
    }
}

fn caller(rejection: &Rejection) -> (StatusCode, &'static str, &'static str) {
    let status = rejection.status();
    let (error, message) = match status {
        _ if rejection.reason() == Reason::InsufficientScope => (
            "insufficient_scope",
            "The token lacks scopes that this needs. Ask the person for those in WWW-Authenticate.",
        ),
        StatusCode::UNAUTHORIZED => ("unauthorized", "An access token for this door is needed."),
        StatusCode::BAD_REQUEST => ("malformed", "The request carries its token in a way that is not accepted."),
        StatusCode::SERVICE_UNAVAILABLE => ("unavailable", "The keys of the issuer cannot be read right now."),
        _ => ("forbidden", "The caller may not enter here."),
    };
    (status, error, message)
}

/// Returns the kind of an error for programs.
const fn kind(error: &ApiError) -> &'static str {
    match error {
        ApiError::SignedOut => "unauthorized",
        ApiError::NotFound => "not_found",
        ApiError::Invalid(_) => "malformed",
        ApiError::NotNow { .. } => "unavailable",
        ApiError::Limited { .. } => "limited",
        ApiError::Damaged => "damaged",
        ApiError::Foreign | ApiError::OtherPerson => "forbidden",
        ApiError::Outdated | ApiError::Internal { .. } | ApiError::Transport => "internal",
    }
}
