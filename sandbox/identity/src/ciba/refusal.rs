//! Error responses of `/bc-authorize` and of polls, with Auth0's texts. Must never contain a secret.

use axum::http::StatusCode;

use crate::settings::PollStatuses;
use crate::token::error::TokenError;

impl TokenError {
    pub(super) fn unknown_user() -> Self {
        Self::new(StatusCode::BAD_REQUEST, "unknown_user_id", "User ID is malformed or unknown")
    }

    /// No notification channel is available for the request.
    pub(super) fn no_channel(why: &str) -> Self {
        let text = format!("No eligible notification channels were found. {why}");
        Self::new(StatusCode::BAD_REQUEST, "invalid_request", text)
    }

    pub(super) fn service_not_found(audience: &str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "invalid_request", format!("Service not found: {audience}"))
    }

    pub(super) fn invalid_details(what: String) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "invalid_authorization_details", what)
    }

    pub(crate) fn authorization_pending(statuses: PollStatuses) -> Self {
        Self::new(statuses.usual(), "authorization_pending", "The end-user authorization is pending")
    }

    /// Denial and expiry share this response.
    pub(crate) fn denied_or_expired(statuses: PollStatuses) -> Self {
        let text = "The end-user denied the authorization request or it has been expired";
        Self::new(statuses.usual(), "access_denied", text)
    }

    /// The `auth_req_id` is unknown, already used, or belongs to another client.
    pub(crate) fn invalid_auth_req_id(statuses: PollStatuses) -> Self {
        Self::new(statuses.usual(), "invalid_grant", "Invalid or expired auth_req_id")
    }

    pub(crate) fn slow_down(statuses: PollStatuses, interval_s: i64) -> Self {
        let text = format!("You are polling faster than allowed. Try again in {interval_s} seconds.");
        Self::new(statuses.slow_down(), "slow_down", text).retry_after(interval_s).interval(interval_s)
    }

    /// A refusal ordered by a test, with any `error`.
    pub(crate) fn ordered(statuses: PollStatuses, error: &'static str) -> Self {
        Self::new(statuses.usual(), error, "The sandbox was told to refuse this")
    }
}

impl PollStatuses {
    const fn usual(self) -> StatusCode {
        match self {
            Self::BadRequest => StatusCode::BAD_REQUEST,
            Self::DeviceFlow => StatusCode::FORBIDDEN,
        }
    }

    const fn slow_down(self) -> StatusCode {
        match self {
            Self::BadRequest => StatusCode::BAD_REQUEST,
            Self::DeviceFlow => StatusCode::TOO_MANY_REQUESTS,
        }
    }
}
