//! Credentials, just in time.

use super::Unavailable;
use crate::{Actor, intent::Need};
use async_trait::async_trait;
use secrecy::SecretString;
use std::fmt;
use std::sync::Arc;

/// An access token for one call. Its `Debug` shows nothing of it.
pub struct AccessToken {
    token: SecretString,
    handler: Option<Arc<dyn RejectionHandler>>,
}

/// The source of a token, which is told if a service rejects it.
#[async_trait]
pub trait RejectionHandler: Send + Sync {
    /// The service would not take the token: it must not be handed out again as it is.
    async fn refused(&self);
}

impl AccessToken {
    /// A token whose rejection tells its source nothing.
    #[must_use]
    pub fn new(token: SecretString) -> Self {
        Self { token, handler: None }
    }

    /// A token whose rejection `handler` is told of.
    #[must_use]
    pub fn with_handler(token: SecretString, handler: Arc<dyn RejectionHandler>) -> Self {
        Self { token, handler: Some(handler) }
    }

    /// The token.
    #[must_use]
    pub fn token(&self) -> &SecretString {
        &self.token
    }

    /// Tells the source that the service would not take the token.
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

/// The reason why there is no token.
#[derive(Debug, Clone, thiserror::Error)]
pub enum CredentialError {
    /// The person has not connected such an account.
    #[error("account not connected")]
    NotConnected,
    /// The account is connected with less than is needed.
    #[error("the account lacks {}", missing.join(" "))]
    MoreScopes {
        /// What is lacking.
        missing: Vec<String>,
    },
    /// The person has connected several such accounts, and which one is meant is not known.
    #[error("several accounts are connected")]
    SeveralAccounts,
    /// The person's sign-in is over, or does not allow borrowing: they must sign in again.
    #[error("the sign-in is over")]
    SignInAgain,
    /// The vault did not answer.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// A source of access tokens.
#[async_trait]
pub trait CredentialProvider: Send + Sync {
    /// A token of `need.provider` with just `need.scopes`, for `actor`.
    ///
    /// # Errors
    /// See [`CredentialError`].
    async fn access_token(&self, actor: &Actor, need: &Need) -> Result<AccessToken, CredentialError>;
}
