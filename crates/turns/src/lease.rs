//! Takes the lease of a running turn, renews it, and notices in time when it is lost.

use super::{STORE, Turns};
use agent::Actor;
use agent::ids::ConversationId;
use agent::ports::{Holder, Stamp, Unavailable};
use std::time::Duration;
use tokio::time::Instant;

/// The duration of a lease: another instance takes over a turn whose lease has not changed for this long. In that time
/// the holder renews the lease three times, and each instance reads the queue about four times.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lease(pub Duration);

impl Default for Lease {
    fn default() -> Self {
        Self(Duration::from_secs(12))
    }
}

impl Turns {
    /// Takes or renews the lease, even if `gone` still holds it; `None` when another instance holds it.
    pub(super) async fn take_lease(
        &self,
        actor: &Actor,
        id: &ConversationId,
        gone: Option<&Holder>,
    ) -> Result<Option<Stamp>, Unavailable> {
        self.0.leases.take(actor, id, &self.0.instance, gone).await
    }

    /// Renews the lease that was taken at `held` for as long as it is polled; ends only when the lease is lost. No
    /// other instance can have seen the lease unchanged for its whole duration before that duration has passed here.
    pub(super) async fn keep_lease(&self, actor: &Actor, id: &ConversationId, mut held: Instant) -> Unavailable {
        let Lease(time) = self.0.lease;
        loop {
            tokio::time::sleep(time / 3).await;
            let begun = Instant::now();
            let left = (held + time).saturating_duration_since(begun);
            match tokio::time::timeout(left, self.take_lease(actor, id, None)).await {
                Ok(Ok(Some(_))) => held = begun,
                Ok(Ok(None)) => return Unavailable::new(STORE, "another instance has taken the lease"),
                Ok(Err(error)) => tracing::warn!(error = %error, "a lease could not be renewed"),
                Err(_) => return Unavailable::new(STORE, "the lease was not renewed in time"),
            }
        }
    }
}
