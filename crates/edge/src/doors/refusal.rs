//! The answers of a door that are errors: a status, a kind for programs, and a sentence for people.

use app::wire::ApiError;
use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use callers::Rejection;
use serde::Serialize;

/// A refused request.
#[derive(Debug)]
pub(super) enum Refusal {
    /// The caller is not proved, or may not enter.
    Caller(Rejection),
    /// The caller is an agent without a person, and this door has no tools for those.
    NoPerson,
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
    message: String,
}

fn body(status: StatusCode, error: &'static str, message: impl Into<String>) -> Response {
    (status, [(header::CACHE_CONTROL, "no-store")], Json(Body { error, message: message.into() })).into_response()
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        match self {
            Self::Caller(rejection) => caller(&rejection),
            Self::NoPerson => {
                body(StatusCode::FORBIDDEN, "no_person", "This door answers people. An agent has no tools here.")
            }
            Self::Unnamed => body(
                StatusCode::FORBIDDEN,
                "unknown_person",
                "The token does not say how permissions name this person.",
            ),
            Self::Malformed(message) => body(StatusCode::BAD_REQUEST, "malformed", message),
            Self::Ended(kind) => body(
                StatusCode::GATEWAY_TIMEOUT,
                kind,
                "The answer is not complete. Ask again with the same Idempotency-Key to join it.",
            ),
            Self::Api(error) => {
                let mut answer = body(app::backend::status(&error), kind(&error), error.to_string());
                if let ApiError::Limited { retry_after_s, .. } = error {
                    answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(retry_after_s));
                }
                answer
            }
        }
    }
}

fn caller(rejection: &Rejection) -> Response {
    tracing::info!(reason = %rejection, "a caller was refused at a door");
    let (error, message) = match rejection.status() {
        StatusCode::UNAUTHORIZED => ("unauthorized", "An access token for this door is needed."),
        StatusCode::BAD_REQUEST => ("malformed", "The request carries its token in a way that is not accepted."),
        StatusCode::SERVICE_UNAVAILABLE => ("unavailable", "The keys of the issuer cannot be read right now."),
        _ => ("forbidden", "The caller may not enter here."),
    };
    let mut answer = body(rejection.status(), error, message);
    if let Some(challenge) = rejection.www_authenticate() {
        answer.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
    }
    if let Some(after) = rejection.retry_after() {
        answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(after.as_secs()));
    }
    answer
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
