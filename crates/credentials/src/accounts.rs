//! Lists, connects and disconnects people's own accounts at third parties. [`AccountManager`] is the port; each store
//! of accounts implements it, and [`Accounts`] combines them. Each method takes the person as an argument.

mod directory;
mod record;

pub use directory::{AccountLookup, Accounts, Keeper, Listing, Provider};

pub use record::{ConnectionRecord, Owner};

use crate::identity::AccountIdentity;
use agent::Actor;
use agent::ports::{Millis, Unavailable};
use async_trait::async_trait;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::fmt;
use url::Url;

/// An account that a person has connected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Identifier for [`Accounts::disconnect`].
    pub id: String,
    /// Identifier of its provider.
    pub provider: String,
    /// Granted scopes.
    pub scopes: Vec<String>,
    /// Time of connection.
    pub since: Since,
    /// Owner of the account; none if they could not be looked up.
    pub owner: Option<AccountIdentity>,
}

/// A time in the format of the keeper that stores the account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Since {
    /// Milliseconds since 1970.
    Millis(Millis),
    /// An ISO 8601 date and time in UTC.
    Stamp(String),
}

/// State of a pending connection. The caller stores it for the person and removes it when it is used.
#[derive(Clone, Serialize, Deserialize)]
pub struct PendingConnection(serde_json::Value);

impl PendingConnection {
    pub(crate) fn new(state: &impl Serialize) -> Result<Self, AccountError> {
        serde_json::to_value(state).map(Self).map_err(|error| AccountError::Refused(error.to_string()))
    }

    pub(crate) fn read<T: DeserializeOwned>(self) -> Result<T, AccountError> {
        serde_json::from_value(self.0).map_err(|_| AccountError::Refused("the pending state cannot be read".to_owned()))
    }
}

impl fmt::Debug for PendingConnection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PendingConnection(..)")
    }
}

/// Query parameters of the callback.
#[derive(Clone, Default)]
pub struct Answer {
    /// `connect_code` of Auth0's My Account API.
    pub connect_code: Option<String>,
    /// Authorization code of OAuth 2.0.
    pub code: Option<String>,
    /// Issuer that the callback names (RFC 9207).
    pub iss: Option<String>,
    /// OAuth 2.0 error code, sent in place of an authorization code.
    pub error: Option<String>,
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answer").field("iss", &self.iss).field("error", &self.error).finish_non_exhaustive()
    }
}

/// An account that was connected just now.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Connected {
    /// Requested scopes that it lacks, as far as the keeper knows.
    pub missing: Vec<String>,
    /// Owner of the account; none if they could not be looked up.
    pub owner: Option<AccountIdentity>,
}

/// Result of disconnecting an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Disconnected {
    /// Removed from the store, and revoked at the third party where this keeper revokes.
    Everywhere,
    /// Removed from the store only. Revocation failed or is not supported, so the tokens may remain valid at the third
    /// party until they expire.
    HereAlone,
}

/// Reason why an account could not be looked up, connected or disconnected.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    /// The sign-in has ended, and the person must sign in again.
    #[error("the sign-in is over")]
    SignInAgain,
    /// The person or the third party declined.
    #[error("declined: {0}")]
    Declined(String),
    /// The callback does not match the pending connection, or has expired. The reason is for the log.
    #[error("refused: {0}")]
    Refused(String),
    /// The ledger could not record that an account is disconnected, and nothing was done.
    #[error("not recorded: {0}")]
    NotRecorded(Unavailable),
    /// The keeper of the account did not answer, or its answer cannot be trusted.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

impl AccountError {
    /// Classifies the `error` of a callback (RFC 6749 section 4.1.2.1): declined, unavailable or refused.
    #[must_use]
    pub fn of_callback(service: &'static str, error: &str) -> Self {
        // Anyone can call this address with any text, and the text is logged: shorten and escape it.
        let told: String = error.chars().take(60).flat_map(char::escape_debug).collect();
        match error {
            "access_denied" => Self::Declined(told),
            "server_error" | "temporarily_unavailable" => Self::Unavailable(Unavailable::new(service, told)),
            _ => Self::Refused(told),
        }
    }

    pub(crate) fn refused(reason: &str) -> Self {
        Self::Refused(reason.to_owned())
    }
}

/// Manages the accounts of some providers.
#[async_trait]
pub trait AccountManager: Send + Sync {
    /// Lists the person's accounts.
    ///
    /// # Errors
    /// See [`AccountError`].
    async fn list(&self, actor: &Actor) -> Result<Vec<Account>, AccountError>;

    /// Begins to connect an account. Returns the address for the browser and the state to store until the callback.
    /// `state` is echoed in the callback and must be unguessable. The request repeats the scopes that the account has
    /// already, since a new consent replaces the previous one.
    ///
    /// # Errors
    /// See [`AccountError`].
    async fn begin(
        &self,
        actor: &Actor,
        provider: &str,
        scopes: &[String],
        state: &str,
    ) -> Result<(Url, PendingConnection), AccountError>;

    /// Completes the connection that this person began at this provider. The caller has compared `state`. Keeps the account
    /// only once `record` holds the connection, and looks up the owner of the account.
    ///
    /// # Errors
    /// See [`AccountError`].
    async fn complete(
        &self,
        actor: &Actor,
        provider: &str,
        pending: PendingConnection,
        answer: Answer,
        record: &dyn ConnectionRecord,
    ) -> Result<Connected, AccountError>;

    /// Disconnects an account of this person. Succeeds if the account does not exist.
    ///
    /// # Errors
    /// See [`AccountError`].
    async fn disconnect(&self, actor: &Actor, id: &str) -> Result<Disconnected, AccountError>;
}

#[cfg(test)]
mod tests {
    use super::AccountError;

    #[test]
    fn only_access_denied_counts_as_declined() {
        let rows = [
            ("access_denied", "declined: access_denied"),
            ("server_error", "the vault is not available: server_error"),
            ("temporarily_unavailable", "the vault is not available: temporarily_unavailable"),
            ("invalid_scope", "refused: invalid_scope"),
            ("", "refused: "),
            ("a\nforged line", "refused: a\\nforged line"),
        ];
        for (error, expected) in rows {
            assert_eq!(AccountError::of_callback("the vault", error).to_string(), expected);
        }
        assert!(AccountError::of_callback("the vault", &"x".repeat(4_000)).to_string().len() < 100);
    }
}
