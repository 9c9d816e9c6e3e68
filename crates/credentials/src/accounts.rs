//! People's own accounts at third parties: what is connected, connecting and disconnecting. [`AccountManager`] is the port;
//! each place that keeps accounts implements it, and [`Accounts`] is all of them. Nothing here is bound to a person: each
//! method is told whose accounts it is about.

mod directory;

pub use directory::{AccountLookup, Accounts, Keeper, Listing, Provider};

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
    /// Names it for [`Accounts::disconnect`].
    pub id: String,
    /// The provider.
    pub provider: String,
    /// What was granted.
    pub scopes: Vec<String>,
    /// The time at which it was connected: by it people tell their accounts apart.
    pub since: Since,
}

/// A time, as the keeper of an account has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Since {
    /// In milliseconds since 1970.
    Millis(Millis),
    /// An ISO 8601 date and time in UTC.
    Stamp(String),
}

/// The state of a connection that was begun: the caller stores it for the person and takes it out once.
#[derive(Clone, Serialize, Deserialize)]
pub struct PendingConnection(serde_json::Value);

impl PendingConnection {
    pub(crate) fn new(state: &impl Serialize) -> Result<Self, AccountError> {
        serde_json::to_value(state).map(Self).map_err(|error| AccountError::Refused(error.to_string()))
    }

    pub(crate) fn read<T: DeserializeOwned>(self) -> Result<T, AccountError> {
        serde_json::from_value(self.0).map_err(|_| AccountError::Refused("it was begun elsewhere".to_owned()))
    }
}

impl fmt::Debug for PendingConnection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PendingConnection(..)")
    }
}

/// The parameters that the browser brought back.
#[derive(Clone, Default)]
pub struct Answer {
    /// The code of the identity provider's connected accounts.
    pub connect_code: Option<String>,
    /// The code of OAuth 2.0.
    pub code: Option<String>,
    /// The issuer that claims to have given the code (RFC 9207).
    pub iss: Option<String>,
    /// The reason why there is no code.
    pub error: Option<String>,
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answer").field("iss", &self.iss).field("error", &self.error).finish_non_exhaustive()
    }
}

/// The extent to which an account was taken away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Disconnected {
    /// Everywhere that we can speak for.
    Everywhere,
    /// Here; the third party could not be told, and what it gave may count there until it ends.
    HereAlone,
}

/// An account that could not be looked up, connected or disconnected.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    /// The sign-in works no more: the person must sign in again.
    #[error("the sign-in is over")]
    SignInAgain,
    /// The person, or the third party, said no.
    #[error("declined: {0}")]
    Declined(String),
    /// What came back is not what was begun, or counts no more. The reason is for the log.
    #[error("refused: {0}")]
    Refused(String),
    /// The keeper of the account did not answer, or not in a way that can be trusted.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

impl AccountError {
    /// The meaning of an error that the browser brought back (RFC 6749 section 4.1.2.1): a no, an outage, or a mistake.
    #[must_use]
    pub fn of_callback(service: &'static str, error: &str) -> Self {
        // Whoever holds the address can write anything there, and it goes to the log.
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

/// Keeps accounts for some providers.
#[async_trait]
pub trait AccountManager: Send + Sync {
    /// The person's accounts.
    ///
    /// # Errors
    /// See [`AccountError`].
    async fn list(&self, actor: &Actor) -> Result<Vec<Account>, AccountError>;

    /// Begins to connect an account: the address to send the browser to, and the state to store until it returns. `state` is
    /// echoed in the callback; it is unguessable. What an account allows already is asked for again, since a consent replaces
    /// the one before.
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

    /// Completes what this person began at this provider. The caller has compared `state`. Returns the scopes that were asked
    /// for and that the account, which is connected, does not allow, as far as the keeper knows.
    ///
    /// # Errors
    /// See [`AccountError`].
    async fn complete(
        &self,
        actor: &Actor,
        provider: &str,
        pending: PendingConnection,
        answer: Answer,
    ) -> Result<Vec<String>, AccountError>;

    /// Takes an account of this person's away. One that is not there is already gone.
    ///
    /// # Errors
    /// See [`AccountError`].
    async fn disconnect(&self, actor: &Actor, id: &str) -> Result<Disconnected, AccountError>;
}

#[cfg(test)]
mod tests {
    use super::AccountError;

    #[test]
    fn only_access_denied_is_a_no() {
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
