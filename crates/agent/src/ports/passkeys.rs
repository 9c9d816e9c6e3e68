//! The store of people's passkeys.

use super::Unavailable;
use crate::Actor;
use crate::enrolments::Enrolments;
use async_trait::async_trait;

/// The version of a person's record, by which concurrent changes are noticed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct EnrolmentsVersion(pub u64);

/// Keeps the passkeys of each person in one record, so that a change of one is a change of all.
#[async_trait]
pub trait PasskeyStore: Send + Sync {
    /// Returns a person's passkeys, freshly read; none if the person has no record.
    ///
    /// # Errors
    /// [`Unavailable`], also for a record that somebody else wrote.
    async fn read(&self, actor: &Actor) -> Result<(Enrolments, EnrolmentsVersion), Unavailable>;

    /// Replaces a person's passkeys if their version is still `version`. Returns whether it was. A write that is
    /// repeated after a lost answer may fail on itself, so the caller reads again and looks for its own change.
    ///
    /// # Errors
    /// [`Unavailable`]: the write may have happened.
    async fn replace(
        &self,
        actor: &Actor,
        enrolments: &Enrolments,
        version: EnrolmentsVersion,
    ) -> Result<bool, Unavailable>;
}
