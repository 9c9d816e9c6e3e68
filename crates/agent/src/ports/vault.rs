//! Credentials, just in time.

use super::Unavailable;
use crate::{Actor, intent::Need};
use async_trait::async_trait;
use secrecy::SecretString;
use std::fmt;
use std::sync::Arc;

/// A borrowed token. Its `Debug` shows nothing of it.
pub struct AccessToken {
    token: SecretString,
    lender: Option<Arc<dyn RejectionHandler>>,
}

/// Who wants to know what became of a loan.
#[async_trait]
pub trait RejectionHandler: Send + Sync {
    /// The service would not take the token: it is not to be lent again as it is.
    async fn refused(&self);
}

impl AccessToken {
    /// A loan of `token`.
    #[must_use]
    pub fn new(token: SecretString) -> Self {
        Self { token, lender: None }
    }

    /// A loan of `token`, whose `lender` wants to know if it is refused.
    #[must_use]
    pub fn with_handler(token: SecretString, lender: Arc<dyn RejectionHandler>) -> Self {
        Self { token, lender: Some(lender) }
    }

    /// The token.
    #[must_use]
    pub fn token(&self) -> &SecretString {
        &self.token
    }

    /// Tells the lender that the service would not take the token.
    pub async fn refused(&self) {
        if let Some(lender) = &self.lender {
            lender.refused().await;
        }
    }
}

impl fmt::Debug for AccessToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AccessToken(..)")
    }
}

/// Why there is no loan.
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

/// Lends tokens.
#[async_trait]
pub trait CredentialProvider: Send + Sync {
    /// A token of `need.provider` with just `need.scopes`, for `actor`.
    ///
    /// # Errors
    /// See [`CredentialError`].
    async fn access_token(&self, actor: &Actor, need: &Need) -> Result<AccessToken, CredentialError>;
}
