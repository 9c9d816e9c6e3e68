//! Sign-ins: a person acts while they are signed in, and not afterwards.

use super::{Millis, Unavailable};
use crate::Actor;
use async_trait::async_trait;

/// The sign-ins of people.
#[async_trait]
pub trait SignIns: Send + Sync {
    /// Reports whether the actor has a session that has not ended at `now`. Any session of theirs counts: a turn outlives
    /// the request that began it.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn is_signed_in(&self, actor: &Actor, now: Millis) -> Result<bool, Unavailable>;
}
