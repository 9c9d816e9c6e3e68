//! Unguessable ids, passed in.

use super::Unavailable;
use crate::approval::ApprovalId;

/// Makes ids.
pub trait Ids: Send + Sync {
    /// A fresh id of 130 random bits.
    ///
    /// # Errors
    /// [`Unavailable`] when there is no randomness: then nothing may be asked.
    fn approval(&self) -> Result<ApprovalId, Unavailable>;
}
