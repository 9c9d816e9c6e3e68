//! Credentials, just in time.

use super::Unavailable;
use crate::{Actor, intent::Need};
use async_trait::async_trait;
use secrecy::SecretString;

/// A borrowed token. Its `Debug` shows nothing of it.
#[derive(Debug)]
pub struct Loan(SecretString);

impl Loan {
    /// A loan of `token`.
    #[must_use]
    pub fn new(token: SecretString) -> Self {
        Self(token)
    }

    /// The token.
    #[must_use]
    pub fn token(&self) -> &SecretString {
        &self.0
    }
}

/// Why there is no loan.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// The person has not connected such an account.
    #[error("account not connected")]
    NotConnected,
    /// The account is connected with less than is needed.
    #[error("the account lacks {}", missing.join(" "))]
    MoreScopes {
        /// What is lacking.
        missing: Vec<String>,
    },
    /// The person's sign-in is over, or does not allow borrowing: they must sign in again.
    #[error("the sign-in is over")]
    SignInAgain,
    /// The vault did not answer.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// Lends tokens.
#[async_trait]
pub trait Vault: Send + Sync {
    /// A token of `need.provider` with just `need.scopes`, for `actor`.
    ///
    /// # Errors
    /// See [`VaultError`].
    async fn lend(&self, actor: &Actor, need: &Need) -> Result<Loan, VaultError>;
}
