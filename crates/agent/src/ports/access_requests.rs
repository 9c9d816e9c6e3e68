//! The stored requests for access: one record for each person, replaced with optimistic locking.

use super::Unavailable;
use crate::Actor;
use crate::access::PersonRequests;
use async_trait::async_trait;

/// The version of a record; 0 for one that does not exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecordVersion(pub u64);

/// Stores requests for access.
#[async_trait]
pub trait AccessRequests: Send + Sync {
    /// Returns the requests of a person.
    ///
    /// # Errors
    /// [`Unavailable`], also if the record is not the one that was written.
    async fn of(&self, asker: &Actor) -> Result<(PersonRequests, RecordVersion), Unavailable>;

    /// Replaces the requests of a person if the record still has `version`; returns whether it had.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn replace(
        &self,
        asker: &Actor,
        requests: &PersonRequests,
        version: RecordVersion,
    ) -> Result<bool, Unavailable>;

    /// Returns the requests of the person of a tenant whose ids carry the name `owner`; none if there is no such person.
    ///
    /// # Errors
    /// [`Unavailable`], also if the record is not the one that was written.
    async fn of_owner(&self, tenant: &str, owner: &str) -> Result<PersonRequests, Unavailable>;

    /// Returns the requests of all people of a tenant. Records that cannot be read are logged and left out; beyond the
    /// adapter's limit the rest is left out and logged.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn of_tenant(&self, tenant: &str) -> Result<Vec<PersonRequests>, Unavailable>;
}
