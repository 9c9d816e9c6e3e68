//! Unguessable ids, injected for tests.

use super::Unavailable;
use crate::Actor;
use crate::access::AccessRequestId;
use crate::approval::ApprovalId;

/// The source of new ids.
pub trait Ids: Send + Sync {
    /// Returns a new id of 130 random bits.
    ///
    /// # Errors
    /// [`Unavailable`] if there is no randomness: no question may be asked.
    fn approval(&self) -> Result<ApprovalId, Unavailable>;

    /// Returns a new id of 130 random bits, for a request of `asker`.
    ///
    /// # Errors
    /// [`Unavailable`] if there is no randomness.
    fn access_request(&self, asker: &Actor) -> Result<AccessRequestId, Unavailable>;
}
