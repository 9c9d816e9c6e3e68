//! The port for access tokens, which are requested for each call just before use.

use super::Unavailable;
use crate::{Actor, intent::Need};
use async_trait::async_trait;
use secrecy::SecretString;
use std::fmt;
use std::sync::Arc;

/// An access token for one call. Its `Debug` output is redacted.
pub struct AccessToken {
    token: SecretString,
    handler: Option<Arc<dyn RejectionHandler>>,
}

/// Receives the report that a service has rejected a token.
#[async_trait]
pub trait RejectionHandler: Send + Sync {
    /// Handles the rejection of the token, which must not be handed out again unchanged.
    async fn refused(&self);
}

impl AccessToken {
    /// Creates a token whose rejection is reported to no one.
    #[must_use]
    pub fn new(token: SecretString) -> Self {
        Self { token, handler: None }
    }

    /// Creates a token whose rejection is reported to `handler`.
    #[must_use]
    pub fn with_handler(token: SecretString, handler: Arc<dyn RejectionHandler>) -> Self {
        Self { token, handler: Some(handler) }
    }

    /// Returns the token for the request to the service.
    #[must_use]
    pub fn token(&self) -> &SecretString {
        &self.token
    }

    /// Reports to the token's source that a service has rejected it.
    pub async fn refused(&self) {
        if let Some(handler) = &self.handler {
            handler.refused().await;
        }
    }
}

impl fmt::Debug for AccessToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AccessToken(..)")
    }
}

/// Reason why there is no token.
#[derive(Debug, Clone, thiserror::Error)]
pub enum CredentialError {
    /// The person has not connected such an account.
    #[error("account not connected")]
    NotConnected,
    /// The account is connected but lacks scopes.
    #[error("the account lacks {}", missing.join(" "))]
    MoreScopes {
        /// Missing scopes.
        missing: Vec<String>,
    },
    /// The person has connected several such accounts, and it is unknown which one to use.
    #[error("several accounts are connected")]
    SeveralAccounts,
    /// The person's sign-in has ended or yields no access tokens, so they must sign in again.
    #[error("the sign-in is over")]
    SignInAgain,
    /// The source did not answer.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// A source of access tokens.
#[async_trait]
pub trait CredentialProvider: Send + Sync {
    /// Returns an access token of `need.provider` for `actor` with at least `need.scopes`.
    ///
    /// # Errors
    /// See [`CredentialError`].
    async fn access_token(&self, actor: &Actor, need: &Need) -> Result<AccessToken, CredentialError>;
}
