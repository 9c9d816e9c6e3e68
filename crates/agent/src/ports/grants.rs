//! The writer of grants for a limited time. Implementations must not be able to write any other tuple.

use super::Unavailable;
use crate::Actor;
use crate::access::AccessGrant;
use async_trait::async_trait;

/// The result of writing a grant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GrantWritten {
    /// The grant is stored. An earlier grant of the same permission was replaced.
    Yes,
    /// The person has the permission without a time limit; nothing was written.
    HeldForGood,
}

/// The result of removing a grant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GrantRemoved {
    /// The grant was removed.
    Yes,
    /// There was no grant. A permission without a time limit stays.
    Absent,
}

/// Writes and removes grants.
#[async_trait]
pub trait AccessGrants: Send + Sync {
    /// Returns whether grants to this person can be written: their tenant may have no writer.
    fn serves(&self, person: &Actor) -> bool {
        let _ = person;
        true
    }

    /// Writes the grant. Can be repeated.
    ///
    /// # Errors
    /// [`Unavailable`]: the grant may have been written.
    async fn write(&self, grant: &AccessGrant) -> Result<GrantWritten, Unavailable>;

    /// Removes the grant. Can be repeated.
    ///
    /// # Errors
    /// [`Unavailable`]: the grant may have been removed.
    async fn remove(&self, grant: &AccessGrant) -> Result<GrantRemoved, Unavailable>;
}
