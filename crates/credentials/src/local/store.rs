//! Where tokens are kept: sealed by whoever implements this, each bound to its person, provider and agent.

use agent::Actor;
use agent::ports::{Millis, Unavailable};
use async_trait::async_trait;
use secrecy::SecretSlice;

/// What is kept of one account.
#[derive(Debug)]
pub struct Held {
    /// What was kept, opened.
    pub plain: SecretSlice<u8>,
    /// Names this state of it: another one after each write, and never again the same.
    pub version: Version,
    /// When the account was connected, in milliseconds since 1970.
    pub since: Millis,
}

/// A state of what is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version(pub String);

/// What must be true for a write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expected {
    /// Nothing: the account is connected at this time, anew or again.
    Connected(Millis),
    /// This is still what is kept.
    Still(Version),
}

/// What became of a write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Written {
    /// It is kept.
    Done,
    /// It is not: somebody else wrote, or took the account away.
    Conflict,
}

/// What became of asking for the lease.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leased {
    /// It is ours.
    Ours,
    /// Another one has it.
    Busy,
    /// What is kept is no longer of this version.
    Changed,
}

/// Keeps tokens.
#[async_trait]
pub trait Store: Send + Sync {
    /// What is kept of this person's account at `provider`; none also if it does not open, which the log then says.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn read(&self, actor: &Actor, provider: &str) -> Result<Option<Held>, Unavailable>;

    /// All that is kept of this person's accounts, each with its provider.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn all(&self, actor: &Actor) -> Result<Vec<(String, Held)>, Unavailable>;

    /// Keeps `plain` and ends the lease, if it is as expected.
    ///
    /// # Errors
    /// [`Unavailable`]: it may have been written.
    async fn write(
        &self,
        actor: &Actor,
        provider: &str,
        plain: &[u8],
        expected: Expected,
    ) -> Result<Written, Unavailable>;

    /// Takes the lease on renewing what is of this version, until `until`. Two never have it.
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

    /// Gives the lease on this version back.
    ///
    /// # Errors
    /// [`Unavailable`]: it then ends by itself.
    async fn release(&self, actor: &Actor, provider: &str, version: &Version) -> Result<(), Unavailable>;

    /// Takes an account away, of this version or of any. One that is not there is no matter.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn remove(&self, actor: &Actor, provider: &str, version: Option<&Version>) -> Result<(), Unavailable>;
}
