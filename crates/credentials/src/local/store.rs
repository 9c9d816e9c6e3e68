//! The port of the token store. An implementation encrypts each record and binds it to its person, provider and agent.

use agent::Actor;
use agent::ports::{Millis, Unavailable};
use async_trait::async_trait;
use secrecy::SecretSlice;

/// The stored record of one account.
#[derive(Debug)]
pub struct StoredAccount {
    /// Decrypted content.
    pub plain: SecretSlice<u8>,
    /// Version of the record.
    pub version: Version,
    /// Time of connection, in milliseconds since 1970.
    pub since: Millis,
}

/// Version of a record; each write sets a new one that was never used before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version(pub String);

/// Precondition of a write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expected {
    /// None: the account is connected or reconnected at this time.
    Connected(Millis),
    /// The stored record still has this version.
    Still(Version),
}

/// Result of a write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Written {
    /// The record is stored.
    Done,
    /// The record was not written: it has another version, or the account was disconnected.
    Conflict,
}

/// Result of a request for the renewal lease.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leased {
    /// The caller has the lease.
    Ours,
    /// Another caller has the lease.
    Busy,
    /// The record no longer has this version.
    Changed,
}

/// A store of people's tokens.
#[async_trait]
pub trait Store: Send + Sync {
    /// Reads the record of this person's account at `provider`. Returns none, and logs it, if the record fails to
    /// decrypt.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn read(&self, actor: &Actor, provider: &str) -> Result<Option<StoredAccount>, Unavailable>;

    /// Reads all records of this person, each with its provider.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn all(&self, actor: &Actor) -> Result<Vec<(String, StoredAccount)>, Unavailable>;

    /// Writes `plain` and ends the lease, if the precondition holds.
    ///
    /// # Errors
    /// [`Unavailable`]; the write may have succeeded nevertheless.
    async fn write(
        &self,
        actor: &Actor,
        provider: &str,
        plain: &[u8],
        expected: Expected,
    ) -> Result<Written, Unavailable>;

    /// Acquires the lease to renew the record of this version, until `until`. No two callers hold it at once.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn lease(
        &self,
        actor: &Actor,
        provider: &str,
        version: &Version,
        now: Millis,
        until: Millis,
    ) -> Result<Leased, Unavailable>;

    /// Releases the lease on this version.
    ///
    /// # Errors
    /// [`Unavailable`]; the lease then expires by itself.
    async fn release(&self, actor: &Actor, provider: &str, version: &Version) -> Result<(), Unavailable>;

    /// Deletes the record of an account, if it has this version or if none is given. Succeeds if there is no record.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn remove(&self, actor: &Actor, provider: &str, version: Option<&Version>) -> Result<(), Unavailable>;
}
