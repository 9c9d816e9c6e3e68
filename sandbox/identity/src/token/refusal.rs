//! Error responses of the vault exchange, with Auth0's texts. Must never contain a secret.

use axum::http::StatusCode;

use crate::token::error::TokenError;
use crate::verify::InvalidToken;

impl TokenError {
    /// The account is not connected, or its vault entry has expired.
    pub(super) fn account_not_found() -> Self {
        let text = "Federated connection Refresh Token not found.";
        Self::new(StatusCode::UNAUTHORIZED, "federated_connection_refresh_token_not_found", text)
    }

    /// The third party refused to refresh.
    pub(super) fn third_party_refused() -> Self {
        let text = "Federated connection Refresh Token flow failed.";
        Self::new(StatusCode::UNAUTHORIZED, "federated_connection_refresh_token_flow_failed", text)
    }

    /// `login_hint` matches no connected account.
    pub(super) fn unknown_account() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "user_not_found", "Identity User not found.")
    }

    /// Auth0 documents that `login_hint` is required here; its actual response is unknown.
    pub(super) fn several_accounts() -> Self {
        let text = "Several accounts are connected: login_hint is required";
        Self::new(StatusCode::BAD_REQUEST, "invalid_request", text)
    }

    /// Auth0 documents that rotation must be off; its actual response is unknown.
    pub(super) fn rotation_forbids() -> Self {
        let text = "Refresh token rotation must be off for the client.";
        Self::new(StatusCode::FORBIDDEN, "invalid_grant", text)
    }

    pub(super) fn no_resource_server() -> Self {
        let text = "Client is not linked to a resource server.";
        Self::new(StatusCode::FORBIDDEN, "unauthorized_client", text)
    }

    pub(super) fn invalid_subject_token(why: InvalidToken) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "invalid_grant", format!("Invalid subject token: {why}"))
    }
}
